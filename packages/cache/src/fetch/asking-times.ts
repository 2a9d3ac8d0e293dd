import type { Random } from "../clock.js";
import { type ResolvedPolicy, soonestRecheckMs } from "./decide.js";
import { RecentKeys } from "./recent-keys.js";
import type { Found } from "./tiers.js";

/** The source failed: until when it is left alone, and how it failed. */
export interface Backoff {
  readonly untilMs: number;
  readonly failure: unknown;
}

interface Recheck {
  /** Of the answer that the time was drawn for. */
  readonly storedAtMs: number;
  readonly atMs: number;
}

/**
 * When the source may be asked again about a key: after a failed load, and while an answer cannot be
 * verified. Each time is drawn once and remembered: drawn anew by every read, the shortest would win.
 * What is forgotten for lack of room is asked earlier than it should be, never later.
 */
export class AskingTimes {
  readonly #backoffs: RecentKeys<Backoff>;
  readonly #rechecks: RecentKeys<Recheck>;
  readonly #random: Random;

  constructor(maxKeys: number, random: Random) {
    this.#backoffs = new RecentKeys(maxKeys);
    this.#rechecks = new RecentKeys(maxKeys);
    this.#random = random;
  }

  backoff(key: string): Backoff | undefined {
    return this.#backoffs.get(key);
  }

  failed(
    key: string,
    policy: ResolvedPolicy,
    failure: { readonly atMs: number; readonly error: unknown },
  ): void {
    if (policy.retryAfterMs === 0) return;
    const untilMs = failure.atMs + this.#varied(policy.retryAfterMs);
    this.#backoffs.put(key, { untilMs, failure: failure.error });
  }

  succeeded(key: string): void {
    this.#backoffs.drop(key);
  }

  /** When the source may be asked about this unverified answer. */
  recheckAtMs(key: string, found: Found, policy: ResolvedPolicy): number {
    const known = this.#rechecks.get(key);
    if (known?.storedAtMs === found.storedAtMs) return known.atMs;
    const atMs = soonestRecheckMs(found, policy) + policy.recheckMs * this.#random();
    this.#rechecks.put(key, { storedAtMs: found.storedAtMs, atMs });
    return atMs;
  }

  /** The source is being asked about it; should that fail, the next time is drawn from now. */
  rechecking(key: string, found: Found, policy: ResolvedPolicy, nowMs: number): void {
    const atMs = nowMs + this.#varied(policy.recheckMs);
    this.#rechecks.put(key, { storedAtMs: found.storedAtMs, atMs });
  }

  clear(): void {
    this.#backoffs.clear();
    this.#rechecks.clear();
  }

  /** ± 50 %. */
  #varied(ms: number): number {
    return ms * (0.5 + this.#random());
  }
}
