import type { Age } from "../cache-contract.js";
import type { Random } from "../clock.js";

/** How an answer is to age. */
export interface Lifetime {
  readonly ttlMs: number;
  readonly graceMs: number;
  /** Part of the TTL by which it is shortened at random, 0 to 0.5. */
  readonly jitter: number;
  /** Part of the TTL after which a read refreshes ahead, 0.1 to 1; 1: never ahead. */
  readonly refreshAhead: number;
}

/** When an answer passes from one age to the next. */
export interface Ages {
  readonly refreshAtMs: number;
  readonly freshUntilMs: number;
  readonly goneAtMs: number;
}

/** When an entry was had from its source, and when it ages. */
export interface Aging {
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
  readonly goneAtMs: number;
}

/** How far an entry may lie in the future before its times are taken as another clock's. */
const clockSlackMs = 60_000;

/**
 * When an answer stored at `storedAtMs` ages. Jitter only shortens: nothing is fresh for longer than
 * its source allowed. The grace runs from the end of the shortened TTL.
 */
export function agesOf(storedAtMs: number, lifetime: Lifetime, random: Random): Ages {
  const { ttlMs, graceMs, jitter, refreshAhead } = lifetime;
  const freshForMs = Math.max(1, Math.round(ttlMs * (1 - jitter * random())));
  return {
    refreshAtMs: storedAtMs + Math.round(freshForMs * refreshAhead),
    freshUntilMs: storedAtMs + freshForMs,
    goneAtMs: storedAtMs + freshForMs + graceMs,
  };
}

/**
 * What an entry is at `nowMs`. One from the future was stored before the clock was set back, so how
 * old it is cannot be known: it counts as stale where it has a grace, and as gone where it has none.
 */
export function ageOf(entry: Aging, nowMs: number): Age | "gone" {
  if (nowMs >= entry.goneAtMs) return "gone";
  if (entry.storedAtMs - nowMs > clockSlackMs) {
    return entry.goneAtMs > entry.freshUntilMs ? "stale" : "gone";
  }
  return nowMs < entry.freshUntilMs ? "fresh" : "stale";
}
