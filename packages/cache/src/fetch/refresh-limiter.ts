export interface RefreshLimiterOptions {
  /** Tokens that come back per second, 0.1 to 100,000. @default 10 */
  readonly perSecond?: number;
  /** Tokens at hand at the start and at most, 1 to 100,000. @default 10 */
  readonly burst?: number;
}

/** A token bucket over a steady clock; it owns no timer. */
export class RefreshLimiter {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #countedAtMs: number;

  /** `options` are taken as valid. */
  constructor(options: Required<RefreshLimiterOptions>, nowMs: number) {
    this.#perMs = options.perSecond / 1_000;
    this.#burst = options.burst;
    this.#tokens = options.burst;
    this.#countedAtMs = nowMs;
  }

  hasToken(nowMs: number): boolean {
    this.#refill(nowMs);
    return this.#tokens >= 1;
  }

  /** Takes a token; false: there is none. */
  take(nowMs: number): boolean {
    if (!this.hasToken(nowMs)) return false;
    this.#tokens -= 1;
    return true;
  }

  #refill(nowMs: number): void {
    if (nowMs <= this.#countedAtMs) return;
    const refilled = this.#tokens + (nowMs - this.#countedAtMs) * this.#perMs;
    this.#tokens = Math.min(this.#burst, refilled);
    this.#countedAtMs = nowMs;
  }
}
