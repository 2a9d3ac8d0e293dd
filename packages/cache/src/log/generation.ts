import type { Generation, TailReply } from "./shared-store.js";

/** What an instance remembers of the log between two reads of it. */
export interface Standing {
  /** The generation it reads; null before the first. */
  readonly generation: Generation | null;
  readonly cursor: number;
  /** Token of the entry at the cursor when it was read; null where there was none. */
  readonly token: string | null;
  /** The highest ordinal it has heard of. */
  readonly highestOrdinal: number;
  /** Its own last operation that the log is known to hold in this generation. */
  readonly ownOperation: number;
}

/** Numbers that an instance may find beside its name in a log. */
export interface OwnNumbers {
  /** Below every operation of this run. */
  readonly from: number;
  /** Whether this run has published nothing yet. */
  readonly unused: boolean;
}

export type Judgement =
  /** The log goes on where it was read last. */
  | { readonly t: "same" }
  /** A newer generation than any known: read it from its start. */
  | { readonly t: "adopt"; readonly generation: Generation }
  /** The store has forgotten something: a new generation is needed. */
  | { readonly t: "found"; readonly because: string };

/** Whether the log that a reply shows is the one the instance stands in. */
export function judgeGeneration(standing: Standing, own: OwnNumbers, reply: TailReply): Judgement {
  const { generation } = reply;
  if (generation === null) return { t: "found", because: "the store holds no generation" };
  const elsewhere = generation.identity !== (reply.identity ?? ""); // rule: found-on-identity
  if (elsewhere) return { t: "found", because: "the generation was made on another server" };
  // A run that could not write to its disk published, and the numbers it used will be used again.
  const forgotten = own.unused && reply.ownOperation > own.from; // rule: forgotten-operations
  if (forgotten) return { t: "found", because: "the log holds operations that the disk forgot" };
  if (standing.generation?.id !== generation.id) {
    // A server without a readable identity can come back with an older one.
    if (generation.ordinal > standing.highestOrdinal) return { t: "adopt", generation };
    return { t: "found", because: "the generation is no newer than one known before" };
  }
  const { token } = standing;
  const shorter = reply.seq < standing.cursor; // rule: rollback-by-log
  if (shorter) return { t: "found", because: "the log is shorter than it was" };
  const replaced = token !== null && reply.tokenAtCursor !== null && reply.tokenAtCursor !== token; // rule: rollback-by-log
  if (replaced) return { t: "found", because: "the log holds another entry at the cursor" };
  const lost = reply.ownOperation < standing.ownOperation; // rule: rollback-by-log
  if (lost) return { t: "found", because: "the log has lost an own operation" };
  return { t: "same" };
}
