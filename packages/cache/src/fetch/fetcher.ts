import type { Answer, FetchPolicy, Loader } from "../cache-contract.js";
import { CacheError } from "../cache-error.js";
import { quote } from "../rules/quote.js";
import { counted, foundAnswer } from "./answers.js";
import { Delivery, softDeadlineMs } from "./delivery.js";
import { type FetcherOptions, type FetcherSettings, fetcherSettings } from "./fetcher-options.js";
import { FlightTable } from "./flight-table.js";
import { type LoadGround, RunningLoad } from "./load.js";
import { type AnswerNow, type Ruling, Situations } from "./situations.js";
import type { Found } from "./tiers.js";
import { noSoftDeadline, type Waiter } from "./waiters.js";

/** Answers from the layers, and asks the source where that is due. */
export interface Fetcher extends AsyncDisposable {
  /** See `Cache.fetch`. The key is taken as valid. */
  fetch<T>(key: string, loader: Loader<T>, policy?: FetchPolicy): Promise<Answer<T>>;
  /**
   * Aborts every load and rejects with `stopped` who waits or comes later. Loaders that ignore their
   * signal are not waited for: what they say is dropped.
   */
  stop(): Promise<void>;
  /** Loads under way. */
  readonly inFlight: number;
}

/** @throws CacheError `invalid-option`. */
export function createFetcher(options: FetcherOptions): Fetcher {
  return new FetchEngine(options, fetcherSettings(options));
}

/** What a caller asks, and its place among the others. */
interface Ask extends Ruling {
  readonly loader: Loader<unknown>;
}

class FetchEngine implements Fetcher {
  readonly #ground: LoadGround;
  readonly #policyFor: FetcherOptions["policyFor"];
  readonly #flights: FlightTable;
  readonly #situations: Situations;
  readonly #delivery: Delivery;
  #stopped = false;

  constructor(options: FetcherOptions, settings: FetcherSettings) {
    const { tiers, clock, random } = options;
    const { counters, horizonMs, copyOnRead } = settings;
    this.#ground = { tiers, clock, random, counters, horizonMs, copyOnRead };
    this.#policyFor = options.policyFor.bind(options);
    this.#flights = new FlightTable(settings.maxFlights);
    this.#situations = new Situations(this.#ground, this.#flights, settings);
    this.#delivery = new Delivery(this.#flights, this.#situations, this.#ground);
  }

  get inFlight(): number {
    return this.#flights.size;
  }

  fetch<T>(key: string, loader: Loader<T>, policy?: FetchPolicy): Promise<Answer<T>> {
    try {
      return this.#fetch(key, loader, policy) as Promise<Answer<T>>;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const load of this.#flights.all()) load.cancel(stoppedError(load.key));
    this.#situations.times.clear();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #fetch(
    key: string,
    loader: Loader<unknown>,
    given: FetchPolicy | undefined,
  ): Promise<Answer<unknown>> {
    if (this.#stopped) throw stoppedError(key);
    if (typeof loader !== "function") throw loaderError(loader);
    const moment = this.#situations.moment();
    const ask: Ask = { key, loader, policy: this.#policyFor(key, given), moment };
    const found = this.#ground.tiers.readLocal(key);
    if (found !== undefined && this.#situations.isQuiet(found, ask)) {
      return this.#answer(ask, foundAnswer(found, moment));
    }
    const running = this.#flights.get(key);
    const decision = this.#situations.decide(found, ask, running !== undefined);
    switch (decision.t) {
      case "answer":
        return this.#answerAndRefresh(ask, decision);
      case "wait":
        return running === undefined
          ? this.#openSoft(ask, decision.found)
          : this.#joinSoft(ask, decision.found, running);
      case "load":
        return running === undefined ? this.#open(ask, decision.look) : this.#join(ask, running);
      default:
        return decision satisfies never;
    }
  }

  #answerAndRefresh(ask: Ask, decision: AnswerNow): Promise<Answer<unknown>> {
    const answer = foundAnswer(
      decision.found,
      ask.moment,
      this.#situations.failureOf(ask.key, decision),
    );
    const starts = this.#situations.startsRefresh(decision, ask);
    if (starts) this.#flights.begin(this.#newLoad(ask, false));
    return this.#answer(ask, answer, starts);
  }

  #openSoft(ask: Ask, found: Found): Promise<Answer<unknown>> {
    if (this.#flights.full)
      return this.#answer(ask, foundAnswer(found, ask.moment, this.#fullError(ask.key)));
    this.#ground.counters.refreshed(ask.key, "stale");
    const load = this.#newLoad(ask, false);
    const answer = waitFor(load, {
      policy: ask.policy,
      opened: true,
      softAtMs: softDeadlineMs(load, ask.policy),
    });
    this.#flights.begin(load);
    return answer;
  }

  #joinSoft(ask: Ask, found: Found, running: RunningLoad): Promise<Answer<unknown>> {
    running.joined();
    const softAtMs = softDeadlineMs(running, ask.policy);
    if (softAtMs <= ask.moment.nowMs)
      return this.#answer(ask, foundAnswer(found, ask.moment, running.late));
    return waitFor(running, { policy: ask.policy, opened: false, softAtMs });
  }

  #open(ask: Ask, look: boolean): Promise<Answer<unknown>> {
    if (this.#flights.full) throw this.#fullError(ask.key);
    const load = this.#newLoad(ask, look);
    const answer = waitFor(load, { policy: ask.policy, opened: true, softAtMs: noSoftDeadline });
    this.#flights.begin(load);
    return answer;
  }

  #join(ask: Ask, running: RunningLoad): Promise<Answer<unknown>> {
    running.joined();
    return waitFor(running, { policy: ask.policy, opened: false, softAtMs: noSoftDeadline });
  }

  #newLoad(ask: Ask, look: boolean): RunningLoad {
    const { key, loader, policy } = ask;
    return new RunningLoad({ key, loader, policy, look }, this.#ground, this.#delivery);
  }

  #answer(ask: Ask, answer: Answer<unknown>, caused = false): Promise<Answer<unknown>> {
    return Promise.resolve(counted(this.#ground.counters, { key: ask.key, caused }, answer));
  }

  #fullError(key: string): CacheError {
    return new CacheError(
      "unavailable",
      `Cannot load ${quote(key)}: ${this.#flights.size} loads are under way`,
    );
  }
}

/** The waiter is there before the load begins: a loader may end everything as it is called. */
function waitFor(
  load: RunningLoad,
  waiter: Omit<Waiter, "resolve" | "reject">,
): Promise<Answer<unknown>> {
  return new Promise((resolve, reject) => {
    load.waiters.add({ ...waiter, resolve, reject });
  });
}

function stoppedError(key: string): CacheError {
  return new CacheError("stopped", `Cannot fetch ${quote(key)}: the cache is stopped`);
}

function loaderError(loader: unknown): CacheError {
  const message = `Cannot fetch with loader ${quote(loader)}: it should be a function`;
  return new CacheError("invalid-option", message, { argument: "loader" });
}
