import type { MemberRecord } from "./shared-store.js";

/** What decides whether answers are verified (R2). */
export interface CurrencyFacts {
  /** False: no shared store is configured; the instance is alone. */
  readonly shared: boolean;
  readonly nowMs: number;
  readonly currencyMs: number;
  /** Monotonic send time of the last tail read that reached the log's end; null: none yet. */
  readonly lastReadAtMs: number | null;
  /** Everything known is published in the current generation. */
  readonly said: boolean;
  /** Age of the generation in server time, at the last read. */
  readonly generationAgeMs: number;
  readonly identityKnown: boolean;
  readonly evicts: boolean;
  /** The other members at the last read, those of another generation included. */
  readonly others: readonly MemberRecord[];
  readonly generation: string | null;
}

/** Null while answers are verified, else why they are not. */
export function unverifiedBecause(facts: CurrencyFacts): string | null {
  if (!facts.shared) return null;
  if (facts.lastReadAtMs === null) return "Redis has not been reached yet";
  const unread = facts.nowMs - facts.lastReadAtMs > facts.currencyMs; // rule: verified-while-read
  if (unread) return "Redis is not answering";
  if (!facts.identityKnown) return "Redis withholds its identity (INFO server)";
  if (facts.evicts) return "Redis may evict the log (maxmemory-policy allkeys-*)";
  if (!facts.said) return "what is known here is still being published"; // rule: verified-once-said
  const young = facts.generationAgeMs <= facts.currencyMs; // rule: verified-after-currency
  if (young) return "the generation is too young";
  const leased = facts.others.filter((member) => member.leaseLeftMs > 0); // rule: verified-once-all-said
  const waiting = leased.find((other) => other.generation !== facts.generation || !other.said);
  if (waiting !== undefined) return `member ${waiting.id} is still publishing what it knows`;
  return null;
}
