import type { Attributes } from "../decision.js";
import type { Question } from "../question.js";

/** The upstream's own definite word. Whatever else happens is a thrown {@link DecisionsError}. */
export interface UpstreamVerdict {
  readonly decision: "allow" | "deny";
  readonly attributes: Attributes;
  /** How long this answer is fresh; absent: as configured. */
  readonly ttlMs?: number;
  /** How long past that it may stand in while the upstream is silent; absent: as configured. */
  readonly graceMs?: number;
}

/** Whoever knows the answers. Adapters implement this. */
export interface Upstream extends AsyncDisposable {
  /**
   * Asks once; gives up when the signal aborts.
   *
   * @throws DecisionsError `upstream-*`: no answer. Never to be read as a no.
   */
  ask(question: Question, signal: AbortSignal): Promise<UpstreamVerdict>;
}
