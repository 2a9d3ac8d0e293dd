import type { Answer } from "../cache-contract.js";
import type { CacheError } from "../cache-error.js";
import { counted, foundAnswer, loadedAnswer } from "./answers.js";
import type { Moment, ResolvedPolicy } from "./decide.js";
import type { FlightTable } from "./flight-table.js";
import type { LoadGround, LoadOutcome, LoadOwner, RunningLoad } from "./load.js";
import { portionsOf } from "./portions.js";
import type { Situations } from "./situations.js";
import type { Found } from "./tiers.js";
import { noSoftDeadline, type Waiter } from "./waiters.js";

/** Gives what comes of a load to those who wait for it. */
export class Delivery implements LoadOwner {
  readonly #flights: FlightTable;
  readonly #situations: Situations;
  readonly #ground: LoadGround;

  constructor(flights: FlightTable, situations: Situations, ground: LoadGround) {
    this.#flights = flights;
    this.#situations = situations;
    this.#ground = ground;
  }

  offered(load: RunningLoad, found: Found): boolean {
    const moment = this.#situations.moment();
    const portion = this.#portionsOf(load, found);
    let wanted = false;
    for (const waiter of load.waiters.takeAll()) {
      wanted = this.#offer(load, waiter, { portion, moment, wanted }) || wanted;
    }
    return wanted;
  }

  /** What is held is read again: a removal may have come since the callers began to wait. */
  late(load: RunningLoad, due: readonly Waiter[]): readonly Waiter[] {
    const moment = this.#situations.moment();
    const found = this.#situations.readServable(load.key, moment);
    if (found === undefined) return due;
    const portion = this.#portionsOf(load, found);
    for (const waiter of due) this.#give(load, waiter, foundAnswer(portion(), moment, load.late));
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
    const portion = this.#portionsOf(load, outcome);
    for (const waiter of load.waiters.takeAll()) {
      this.#give(load, waiter, loadedAnswer(portion(), moment));
    }
  }

  /** True: the source is still wanted, by this waiter or to refresh what it got. */
  #offer(load: RunningLoad, waiter: Waiter, offer: Offer): boolean {
    const { moment } = offer;
    const found = offer.portion();
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
    const portion = found === undefined ? null : this.#portionsOf(load, found);
    for (const waiter of waiters) {
      if (portion === null) waiter.reject(error);
      else this.#give(load, waiter, foundAnswer(portion(), moment, error));
    }
  }

  /** What is held, for each waiter with a value that the others cannot change. */
  #portionsOf<H extends { readonly value: unknown }>(load: RunningLoad, held: H): () => H {
    const portion = portionsOf(held.value, this.#ground.copyOnRead(load.key));
    return () => ({ ...held, value: portion() });
  }

  #give(load: RunningLoad, waiter: Waiter, answer: Answer<unknown>): void {
    const given = { key: load.key, caused: waiter.opened && load.called };
    waiter.resolve(counted(this.#ground.counters, given, answer));
  }
}

interface Offer {
  readonly portion: () => Found;
  readonly moment: Moment;
  /** Somebody before wants the source to be asked. */
  readonly wanted: boolean;
}

/** Counted from the load's start: the longer a source is silent already, the less each new caller waits. */
export function softDeadlineMs(load: RunningLoad, policy: ResolvedPolicy): number {
  return load.startedAtMs + policy.softDeadlineMs;
}
