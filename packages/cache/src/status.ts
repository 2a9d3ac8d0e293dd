import type { WriteState } from "@holdfast/sqlite";
import type { CacheStatus, DependencyStatus } from "./cache-contract.js";
import type { CurrencyWatch } from "./currency-watch.js";
import type { MemberRecord } from "./log/shared-store.js";
import type { Memo } from "./replica/standing.js";

/** What a status is told from. */
export interface StatusFacts {
  readonly watch: CurrencyWatch["state"];
  /** Null: not configured. */
  readonly redis: {
    readonly up: boolean;
    readonly sinceMs: number;
    readonly reason: string | null;
  } | null;
  readonly disk: WriteState;
  /** Why what the disk held was given up, until it holds again what is known. */
  readonly diskLost: { readonly sinceMs: number; readonly reason: string } | null;
  readonly startedAtMs: number;
  readonly memo: Memo | null;
  readonly members: readonly MemberRecord[];
  readonly memberId: string;
  readonly unpublished: number;
  readonly barriers: number;
  readonly memory: CacheStatus["memory"];
  readonly slot: number | null;
}

/** The state of everything that the cache depends on, for people and for `/v1/status`. */
export function statusOf(facts: StatusFacts): CacheStatus {
  const generation = facts.memo?.generation ?? null;
  return {
    currency: facts.watch.currency,
    unverifiedBecause: facts.watch.because,
    currencySinceMs: facts.watch.sinceMs,
    redis: redisStatus(facts),
    disk: diskStatus(facts),
    generation: generation === null ? null : { ordinal: generation.ordinal, id: generation.id },
    cursor: facts.memo?.cursor ?? 0,
    unpublished: facts.unpublished,
    members: facts.members.map((member) => ({
      id: member.id,
      state: memberState(member, generation?.id ?? null, facts.memo?.cursor ?? 0),
      self: member.id === facts.memberId,
    })),
    barriers: facts.barriers,
    memory: facts.memory,
    slot: facts.slot,
  };
}

function memberState(
  member: MemberRecord,
  generation: string | null,
  cursor: number,
): "current" | "catching-up" | "expired" {
  if (member.leaseLeftMs <= 0) return "expired";
  return member.generation === generation && member.said && member.cursor >= cursor
    ? "current"
    : "catching-up";
}

function redisStatus({ redis, startedAtMs }: StatusFacts): DependencyStatus {
  if (redis === null) return { state: "not-configured", sinceMs: startedAtMs, reason: null };
  return { state: redis.up ? "up" : "down", sinceMs: redis.sinceMs, reason: redis.reason };
}

function diskStatus({ disk, diskLost, startedAtMs }: StatusFacts): DependencyStatus {
  if (disk.t === "writable" && diskLost !== null) return { state: "down", ...diskLost };
  if (disk.t === "writable") return { state: "up", sinceMs: startedAtMs, reason: null };
  return { state: "down", sinceMs: disk.sinceMs, reason: disk.error.message };
}
