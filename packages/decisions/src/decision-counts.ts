import type { Age, Source } from "@holdfast/cache";
import type { Decision } from "./decision.js";

/** What has been answered since the start. */
export interface DecisionCounts {
  readonly decisions: Readonly<Record<Decision["decision"], number>>;
  readonly sources: Readonly<Record<Source, number>>;
  readonly ages: Readonly<Record<Age, number>>;
  /** The oldest copy that was served. */
  readonly oldestServedMs: number;
  /** Answers for which the upstream was not needed. */
  readonly saved: number;
}

/** Counts decisions. */
export class DecisionCounter {
  readonly #decisions = { allow: 0, deny: 0, unavailable: 0 };
  readonly #sources = { memory: 0, sqlite: 0, redis: 0, upstream: 0 };
  readonly #ages = { fresh: 0, stale: 0 };
  #oldestServedMs = 0;
  #saved = 0;

  count(decision: Decision): void {
    this.#decisions[decision.decision]++;
    if (decision.decision === "unavailable") return;
    this.#sources[decision.source]++;
    if (decision.source !== "upstream") this.#saved++;
    if (decision.reason === "revoked") return;
    this.#ages[decision.age]++;
    this.#oldestServedMs = Math.max(this.#oldestServedMs, decision.ageMs);
  }

  counts(): DecisionCounts {
    return {
      decisions: { ...this.#decisions },
      sources: { ...this.#sources },
      ages: { ...this.#ages },
      oldestServedMs: this.#oldestServedMs,
      saved: this.#saved,
    };
  }
}
