import type { Currency } from "./cache-contract.js";

/** Since when answers are verified or not, and when they last were. */
export class CurrencyWatch {
  #currency: Currency = "unverified";
  #because: string | null = null;
  #sinceMs: number;
  #lastVerifiedMs: number;

  /** `lastVerifiedMs` is what an earlier run left; steady time throughout. */
  constructor(nowMs: number, lastVerifiedMs: number) {
    this.#sinceMs = nowMs;
    this.#lastVerifiedMs = lastVerifiedMs;
  }

  /** Takes note of the present state; true when it changed. */
  look(because: string | null, nowMs: number): boolean {
    const currency: Currency = because === null ? "verified" : "unverified";
    if (currency === "verified") this.#lastVerifiedMs = nowMs;
    this.#because = because;
    if (currency === this.#currency) return false;
    this.#currency = currency;
    this.#sinceMs = nowMs;
    return true;
  }

  get state(): {
    readonly currency: Currency;
    readonly because: string | null;
    readonly sinceMs: number;
    readonly lastVerifiedMs: number;
  } {
    return {
      currency: this.#currency,
      because: this.#because,
      sinceMs: this.#sinceMs,
      lastVerifiedMs: this.#lastVerifiedMs,
    };
  }

  /** For how long answers have not been verified. */
  unverifiedForMs(nowMs: number): number {
    return this.#currency === "verified" ? 0 : nowMs - this.#lastVerifiedMs;
  }
}
