import type { Answer } from "../cache-contract.js";
import type { CacheError } from "../cache-error.js";
import { counted, foundAnswer, loadedAnswer } from "./answers.js";
import type { Moment, ResolvedPolicy } from "./decide.js";
import type { FetchCounters } from "./fetch-counters.js";
import type { FlightTable } from "./flight-table.js";
import type { LoadOutcome, LoadOwner, RunningLoad } from "./load.js";
import type { Situations } from "./situations.js";
import type { Found } from "./tiers.js";
import { noSoftDeadline, type Waiter } from "./waiters.js";

/** Gives what comes of a load to those who wait for it. */
export class Delivery implements LoadOwner {
  readonly #flights: FlightTable;
  readonly #situations: Situations;
  readonly #counters: FetchCounters;

  constructor(flights: FlightTable, situations: Situations, counters: FetchCounters) {
    this.#flights = flights;
    this.#situations = situations;
    this.#counters = counters;
  }

  offered(load: RunningLoad, found: Found): boolean {
    const moment = this.#situations.moment();
    let wanted = false;
    for (const waiter of load.waiters.takeAll()) {
      wanted = this.#offer(load, waiter, { found, moment, wanted }) || wanted;
    }
    return wanted;
  }

  /** What is held is read again: a removal may have come since the callers began to wait. */
  late(load: RunningLoad, due: readonly Waiter[]): readonly Waiter[] {
    const moment = this.#situations.moment();
    const found = this.#situations.readServable(load.key, moment);
    if (found === undefined) return due;
    for (const waiter of due) this.#give(load, waiter, foundAnswer(found, moment, load.late));
    return [];
  }

  settled(load: RunningLoad, outcome: LoadOutcome): void {
    this.#flights.end(load);
    if (outcome.t === "unneeded") return;
    if (outcome.t === "failed") {
      this.#failed(load, outcome.error);
      return;
    }
    this.#situations.times.succeeded(load.key);
    const moment = this.#situations.moment();
    for (const waiter of load.waiters.takeAll()) {
      this.#give(load, waiter, loadedAnswer(outcome, moment));
    }
  }

  /** True: the source is still wanted, by this waiter or to refresh what it got. */
  #offer(load: RunningLoad, waiter: Waiter, offer: Offer): boolean {
    const { found, moment } = offer;
    const ruling = { key: load.key, policy: waiter.policy, moment };
    const decision = this.#situations.decide(found, ruling, offer.wanted);
    if (decision.t === "answer") {
      const failure = this.#situations.failureOf(load.key, decision);
      const starts = this.#situations.startsRefresh(decision, ruling);
      this.#give(load, waiter, foundAnswer(found, moment, failure));
      return starts;
    }
    const softAtMs = decision.t === "wait" ? softDeadlineMs(load, waiter.policy) : noSoftDeadline;
    if (softAtMs <= moment.nowMs) this.#give(load, waiter, foundAnswer(found, moment, load.late));
    else load.waiters.add({ ...waiter, softAtMs });
    return true;
  }

  /** A stale answer stands in for the source, but never when the cache is stopping. */
  #failed(load: RunningLoad, error: CacheError): void {
    const waiters = load.waiters.takeAll();
    const moment = this.#situations.moment();
    if (error.code !== "outdated" && error.code !== "stopped") {
      this.#situations.times.failed(load.key, load.policy, { atMs: moment.nowMs, error });
    }
    const found =
      error.code === "stopped" || waiters.length === 0
        ? undefined
        : this.#situations.readServable(load.key, moment);
    for (const waiter of waiters) {
      if (found === undefined) waiter.reject(error);
      else this.#give(load, waiter, foundAnswer(found, moment, error));
    }
  }

  #give(load: RunningLoad, waiter: Waiter, answer: Answer<unknown>): void {
    const given = { key: load.key, caused: waiter.opened && load.called };
    waiter.resolve(counted(this.#counters, given, answer));
  }
}

interface Offer {
  readonly found: Found;
  readonly moment: Moment;
  /** Somebody before wants the source to be asked. */
  readonly wanted: boolean;
}

/** Counted from the load's start: the longer a source is silent already, the less each new caller waits. */
export function softDeadlineMs(load: RunningLoad, policy: ResolvedPolicy): number {
  return load.startedAtMs + policy.softDeadlineMs;
}
