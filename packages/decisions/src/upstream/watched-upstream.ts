import { DecisionsError } from "../decisions-error.js";
import type { Upstream } from "./upstream.js";

/** What asking the upstream has shown of it. It is not asked for the sake of knowing. */
export type UpstreamState =
  | { readonly t: "unknown" }
  | { readonly t: "up"; readonly sinceMs: number; readonly lastAskedMs: number }
  | {
      readonly t: "down";
      readonly sinceMs: number;
      readonly lastAskedMs: number;
      readonly code: DecisionsError["code"];
      readonly message: string;
    };

export interface UpstreamCounts {
  /** Questions that were sent. */
  readonly asked: number;
  /** Of these, those that brought no verdict. */
  readonly failed: number;
}

export interface WatchedUpstream extends Upstream {
  state(): UpstreamState;
  counts(): UpstreamCounts;
}

/** The same upstream, with its state and its calls counted. */
export function watchUpstream(upstream: Upstream, nowMs: () => number): WatchedUpstream {
  let state: UpstreamState = { t: "unknown" };
  let asked = 0;
  let failed = 0;

  function note(error: DecisionsError | null): void {
    const lastAskedMs = nowMs();
    const t = error === null ? "up" : "down";
    const sinceMs = state.t === t ? state.sinceMs : lastAskedMs;
    state =
      error === null
        ? { t: "up", sinceMs, lastAskedMs }
        : { t: "down", sinceMs, lastAskedMs, code: error.code, message: error.message };
  }

  return {
    async ask(question, signal) {
      asked++;
      try {
        const verdict = await upstream.ask(question, signal);
        note(null);
        return verdict;
      } catch (cause) {
        failed++;
        const error = asDecisionsError(cause);
        // Nobody waited any more: that says nothing about the upstream.
        if (!signal.aborted || error.code !== "upstream-unavailable") note(error);
        throw error;
      }
    },
    state: () => state,
    counts: () => ({ asked, failed }),
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}

function asDecisionsError(cause: unknown): DecisionsError {
  if (cause instanceof DecisionsError) return cause;
  return new DecisionsError(
    "upstream-unavailable",
    `Cannot ask the upstream: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause },
  );
}
