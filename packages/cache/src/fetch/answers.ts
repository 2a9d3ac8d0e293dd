import type { Age, Answer, Currency, Source } from "../cache-contract.js";
import { isFresh, type Moment } from "./decide.js";
import type { FetchCounters } from "./fetch-counters.js";
import type { Found } from "./tiers.js";

/** The answer that was found in a layer. `failure` is told only where a stale answer stands in. */
export function foundAnswer(found: Found, moment: Moment, failure?: unknown): Answer<unknown> {
  const age = isFresh(found, moment.nowMs) ? "fresh" : "stale";
  const answer = answerOf(found, found.layer, age, moment);
  return failure === undefined || age === "fresh" ? answer : { ...answer, failure };
}

/** The answer that the source has just given. */
export function loadedAnswer(
  loaded: { readonly value: unknown; readonly storedAtMs: number },
  moment: Moment,
): Answer<unknown> {
  return answerOf(loaded, "upstream", "fresh", moment);
}

function answerOf(
  held: { readonly value: unknown; readonly storedAtMs: number },
  source: Source,
  age: Age,
  moment: Moment,
): Answer<unknown> {
  const { nowMs } = moment;
  const ageMs = nowMs > held.storedAtMs ? nowMs - held.storedAtMs : 0;
  const currency: Currency = moment.verified ? "verified" : "unverified";
  return { value: held.value, source, age, ageMs, currency };
}

/** Counts an answer that is about to be given. `caused`: the caller's asking made the source be called. */
export function counted(
  counters: FetchCounters,
  given: { readonly key: string; readonly caused: boolean },
  answer: Answer<unknown>,
): Answer<unknown> {
  counters.answered(given.key, answer.source, answer.age);
  if (!given.caused) counters.saved(given.key);
  return answer;
}
