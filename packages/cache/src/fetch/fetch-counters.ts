import type { Age, Source } from "../cache-contract.js";

/**
 * How a call of a loader ended: with an answer, with the source's "there is none", with no usable
 * answer, after the hard deadline, or overtaken by a removal.
 */
export type LoadResult = "ok" | "negative" | "failed" | "deadline" | "outdated";

/** Why a load was started while an answer was at hand. */
export type RefreshReason = "ahead" | "stale" | "recheck";

/** Told what `fetch` does, for the metrics. Called on every answer: must be cheap and never throw. */
export interface FetchCounters {
  /** A call of a loader ended. */
  loaded(key: string, result: LoadResult): void;
  /** A load was started although an answer was at hand. */
  refreshed(key: string, reason: RefreshReason): void;
  /** A caller got an answer. */
  answered(key: string, source: Source, age: Age): void;
  /** A caller got an answer without having caused a call of the source. */
  saved(key: string): void;
  /** A refresh was put off because the limiter had no token. */
  limited(key: string): void;
}

export const noCounters: FetchCounters = {
  loaded() {},
  refreshed() {},
  answered() {},
  saved() {},
  limited() {},
};
