import type { Age, Currency, Source } from "@holdfast/cache";
import type { DecisionsErrorCode } from "./decisions-error.js";

/** What goes with an allow, as the upstream named it: an address, a pool, a rate. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/**
 * Why a decision is what it is. `upstream`: its own word, just now or as a copy. `revoked`: taken
 * away by name through our own interface. The rest: why nobody could say.
 */
export type Reason =
  | "upstream"
  | "revoked"
  | "stopped"
  | Exclude<DecisionsErrorCode, "invalid-question" | "invalid-option">;

/** A yes or a no, and where it comes from. */
export interface Verdict {
  readonly decision: "allow" | "deny";
  readonly attributes: Attributes;
  readonly source: Source;
  readonly age: Age;
  /** Since the upstream said so (for a revocation: since it was made). */
  readonly ageMs: number;
  readonly currency: Currency;
  readonly reason: Reason;
  /** Why a stale copy stands in, or why somebody was revoked; null where there is nothing to add. */
  readonly detail: string | null;
}

/** Nobody could say. Never to be read as a no. */
export interface Unavailable {
  readonly decision: "unavailable";
  readonly attributes: Attributes;
  readonly source: null;
  readonly age: null;
  readonly ageMs: null;
  readonly currency: null;
  readonly reason: Reason;
  readonly detail: string | null;
}

export type Decision = Verdict | Unavailable;

export function unavailable(reason: Reason, detail: string | null): Unavailable {
  return {
    decision: "unavailable",
    attributes: {},
    source: null,
    age: null,
    ageMs: null,
    currency: null,
    reason,
    detail,
  };
}
