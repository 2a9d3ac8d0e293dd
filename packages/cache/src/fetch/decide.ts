import type { Age, FetchPolicy } from "../cache-contract.js";
import { ageOf } from "../rules/freshness.js";
import type { RefreshReason } from "./fetch-counters.js";
import type { Found } from "./tiers.js";

/** A fetch policy with every default filled in. */
export type ResolvedPolicy = Required<FetchPolicy>;

/** When an answer is given, and whether anything newer can have been missed by then. */
export interface Moment {
  readonly nowMs: number;
  readonly verified: boolean;
}

/** All that the next step of a fetch depends on. */
export interface Situation extends Moment {
  readonly found: Found | undefined;
  readonly policy: ResolvedPolicy;
  /** Whether copies may be given out now; always true while verified. */
  readonly servable: boolean;
  /** Until when the source is left alone after a failed load; 0: no load failed. */
  readonly backoffUntilMs: number;
  /** When the source may be asked about an unverified fresh answer. */
  readonly recheckAtMs: number;
  /** A load of the key is under way. */
  readonly loading: boolean;
  /** The warm-start limiter has a token. */
  readonly token: boolean;
}

/** A load in the background: none is due; started, with or without a token; due, but there is no token. */
type Background =
  | { readonly t: "none" }
  | { readonly t: "refresh"; readonly reason: RefreshReason; readonly takesToken: boolean }
  | { readonly t: "limited" };

/**
 * `answer`: from what was found, at once; `inVain` says that the source failed a moment ago.
 * `wait`: for a load, but for the soft deadline only. `load`: nothing can be given; `look` says
 * whether Redis is asked first.
 */
export type Decision =
  | {
      readonly t: "answer";
      readonly found: Found;
      readonly age: Age;
      readonly background: Background;
      readonly inVain: boolean;
    }
  | { readonly t: "wait"; readonly found: Found }
  | { readonly t: "load"; readonly look: boolean };

const none: Background = { t: "none" };

/** What a fetch does next. */
export function decide(situation: Situation): Decision {
  const { found, nowMs } = situation;
  if (!situation.servable) return { t: "load", look: false };
  if (found === undefined || !isAlive(found, nowMs)) return { t: "load", look: true };
  return isFresh(found, nowMs) ? decideFresh(found, situation) : decideStale(found, situation);
}

/**
 * Whether an answer is given as it is, with nothing else to do: the shortcut of `decide` for most
 * reads. `servable` is not asked here.
 */
export function isQuiet(found: Found, policy: ResolvedPolicy, now: Moment): boolean {
  if (!isFresh(found, now.nowMs)) return false;
  if (found.kind === "copy" && now.nowMs >= refreshAtMs(found, policy)) return false;
  return now.verified || found.kind === "write" || now.nowMs < soonestRecheckMs(found, policy);
}

export function isFresh(found: Found, nowMs: number): boolean {
  return ageOf(found, nowMs) === "fresh";
}

/** Whether the answer may still be given: fresh, or stale within its grace. A negative has no grace. */
export function isAlive(found: Found, nowMs: number): boolean {
  const age = ageOf(found, nowMs);
  return age === "fresh" || (age === "stale" && found.kind !== "negative");
}

/** The earliest time at which any draw lets the source be asked about an unverified answer. */
export function soonestRecheckMs(found: Found, policy: ResolvedPolicy): number {
  return found.storedAtMs + policy.recheckMs / 2;
}

function refreshAtMs(found: Found, policy: ResolvedPolicy): number {
  return found.storedAtMs + (found.freshUntilMs - found.storedAtMs) * policy.refreshAhead;
}

function decideFresh(found: Found, situation: Situation): Decision {
  const backingOff = situation.nowMs < situation.backoffUntilMs;
  const reason = backingOff || situation.loading ? null : reasonToAsk(found, situation);
  return {
    t: "answer",
    found,
    age: "fresh",
    background: inBackground(found, reason, situation),
    inVain: false,
  };
}

function decideStale(found: Found, situation: Situation): Decision {
  const { policy } = situation;
  if (situation.nowMs < situation.backoffUntilMs) {
    return { t: "answer", found, age: "stale", background: none, inVain: true };
  }
  if (!found.inherited && policy.softDeadlineMs > 0) return { t: "wait", found };
  const background = inBackground(found, situation.loading ? null : "stale", situation);
  return { t: "answer", found, age: "stale", background, inVain: false };
}

/** Only age makes a refresh due; doubt about currency only a recheck, and a write is nobody's copy. */
function reasonToAsk(found: Found, situation: Situation): RefreshReason | null {
  const { nowMs, policy } = situation;
  if (found.kind === "write") return null;
  if (found.kind === "copy" && nowMs >= refreshAtMs(found, policy)) return "ahead";
  return !situation.verified && nowMs >= situation.recheckAtMs ? "recheck" : null;
}

/**
 * What comes due for many keys at once goes through the limiter: rechecks when Redis is lost, and
 * everything that an earlier run left behind.
 */
function inBackground(
  found: Found,
  reason: RefreshReason | null,
  situation: Situation,
): Background {
  if (reason === null) return none;
  const takesToken = found.inherited || reason === "recheck";
  if (takesToken && !situation.token) return { t: "limited" };
  return { t: "refresh", reason, takesToken };
}
