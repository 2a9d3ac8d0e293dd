import type { Load, Loader, LoadTerms } from "../cache-contract.js";
import { CacheError } from "../cache-error.js";
import type { Clock, Random } from "../clock.js";
import { handOut } from "../rules/freeze.js";
import { quote } from "../rules/quote.js";
import { decodeText, encodeText } from "../rules/value.js";
import type { ResolvedPolicy } from "./decide.js";
import type { FetchCounters } from "./fetch-counters.js";
import { answerToKeep } from "./terms.js";
import type { Flight, Found, Tiers } from "./tiers.js";
import { type Waiter, Waiters } from "./waiters.js";

/** After so many loads that removals overtook, the callers are told to come again. */
const maxReloads = 3;

export interface LoadJob {
  readonly key: string;
  readonly loader: Loader<unknown>;
  readonly policy: ResolvedPolicy;
  /** Redis is asked before the source. */
  readonly look: boolean;
}

/** What a load stands on. */
export interface LoadGround {
  readonly tiers: Tiers;
  readonly clock: Clock;
  readonly random: Random;
  readonly counters: FetchCounters;
  /** The longest TTL and grace together for the key. */
  horizonMs(key: string): number;
  /** Whether every caller gets a value of its own that it may change. */
  copyOnRead(key: string): boolean;
}

/**
 * `loaded`: the source's answer, kept or not. `unneeded`: nobody waits for what the source would
 * say. `failed`: there is no answer.
 */
export type LoadOutcome =
  | { readonly t: "loaded"; readonly value: unknown; readonly storedAtMs: number }
  | { readonly t: "unneeded" }
  | { readonly t: "failed"; readonly error: CacheError };

/** Whom a load tells what comes of it. */
export interface LoadOwner {
  /** A layer has something now: true if the source is still wanted. */
  offered(load: RunningLoad, found: Found): boolean;
  /** The soft deadline of these has passed; hands back those who must wait on. */
  late(load: RunningLoad, due: readonly Waiter[]): readonly Waiter[];
  /** Called once; before it returns, the load answers to nobody any more. */
  settled(load: RunningLoad, outcome: LoadOutcome): void;
}

/** One call of the loader. */
interface Attempt {
  readonly flight: Flight;
  readonly controller: AbortController;
  readonly said: LoadTerms[];
}

/**
 * One load of a key, from its beginning to the hard deadline at the latest. An answer that a removal
 * overtook is dropped and the source asked anew; everything between an answer's arrival and its
 * delivery happens in one turn, so that no removal can come between.
 */
export class RunningLoad {
  readonly key: string;
  readonly startedAtMs: number;
  readonly waiters: Waiters;
  readonly #job: LoadJob;
  readonly #ground: LoadGround;
  readonly #owner: LoadOwner;
  #flight: Flight | null = null;
  #attempt: Attempt | null = null;
  #calls = 0;
  #settled = false;
  #late: CacheError | null = null;
  #cancelDeadline: () => void = () => {};

  constructor(job: LoadJob, ground: LoadGround, owner: LoadOwner) {
    this.key = job.key;
    this.startedAtMs = ground.tiers.nowMs();
    const nowMs = (): number => ground.tiers.nowMs();
    this.waiters = new Waiters(ground.clock, nowMs, (due) => owner.late(this, due));
    this.#job = job;
    this.#ground = ground;
    this.#owner = owner;
  }

  get policy(): ResolvedPolicy {
    return this.#job.policy;
  }

  /** The source was asked. */
  get called(): boolean {
    return this.#calls > 0;
  }

  /** What is told to those who got a stale answer because the source took too long. */
  get late(): CacheError {
    this.#late ??= new CacheError(
      "deadline",
      `Cannot load ${quote(this.key)} in time: the source has not answered yet`,
    );
    return this.#late;
  }

  begin(): void {
    const { clock, tiers } = this.#ground;
    this.#flight = tiers.beginFlight(this.key);
    this.#cancelDeadline = clock.after(this.policy.hardDeadlineMs, () => this.#expire());
    if (!this.#job.look) return this.#ask();
    const flight = this.#flight;
    tiers
      .readShared(this.key)
      .catch(() => undefined)
      .then((found) => this.#looked(flight, found))
      .catch((error: unknown) => this.#broke(error));
  }

  /**
   * Somebody else waits. Whom a removal has overtaken can only be told to stop: its answer is worth
   * nothing, and a second call beside it would be one too many.
   */
  joined(): void {
    const attempt = this.#attempt;
    if (attempt?.flight.outdated && !attempt.controller.signal.aborted)
      attempt.controller.abort(this.#overtaken());
  }

  /** Ends the load with this error for all who wait. */
  cancel(error: CacheError): void {
    if (!this.#settled) this.#settle({ t: "failed", error });
  }

  #looked(flight: Flight, found: Found | undefined): void {
    if (this.#settled) return;
    if (found !== undefined && !flight.outdated && !this.#owner.offered(this, found)) {
      this.#settle({ t: "unneeded" });
      return;
    }
    if (flight.outdated) this.#renewFlight();
    this.#ask();
  }

  #ask(): void {
    const flight = this.#flight;
    if (flight === null) return;
    const attempt: Attempt = { flight, controller: new AbortController(), said: [] };
    this.#attempt = attempt;
    this.#calls += 1;
    const load: Load = {
      key: this.key,
      signal: attempt.controller.signal,
      keep: (terms) => {
        attempt.said.push(terms);
      },
    };
    new Promise((resolve) => resolve(this.#job.loader(load)))
      .then(
        (value) => this.#answered(attempt, value),
        (cause: unknown) => this.#refused(attempt, cause),
      )
      .catch((error: unknown) => this.#broke(error));
  }

  #answered(attempt: Attempt, value: unknown): void {
    if (this.#isOver(attempt)) return;
    if (attempt.flight.outdated) return this.#reload(); // rule: outdated-flights
    const kept = this.#keep(attempt, value);
    this.#ground.counters.loaded(this.key, value === null ? "negative" : "ok");
    this.#settle({ t: "loaded", value: kept.value, storedAtMs: kept.storedAtMs });
  }

  #refused(attempt: Attempt, cause: unknown): void {
    if (this.#isOver(attempt)) return;
    if (attempt.flight.outdated && attempt.controller.signal.aborted) return this.#reload();
    this.#fail(
      new CacheError("unavailable", `Cannot load ${quote(this.key)}: the source failed`, { cause }),
    );
  }

  /**
   * True: what this call of the loader says counts no more. The deadline's timer can be late where
   * the program was stopped in between, and the answer is then as old as the stop was long.
   */
  #isOver(attempt: Attempt): boolean {
    if (this.#settled || this.#attempt !== attempt) return true;
    if (this.#ground.tiers.nowMs() - this.startedAtMs < this.policy.hardDeadlineMs) return false;
    this.#expire();
    return true;
  }

  #keep(
    attempt: Attempt,
    value: unknown,
  ): { readonly value: unknown; readonly storedAtMs: number } {
    const { tiers, random } = this.#ground;
    if (value === undefined) {
      throw new CacheError(
        "invalid-value",
        `Cannot keep the answer for ${quote(this.key)}: it is undefined; null says that there is none`,
        { argument: "value" },
      );
    }
    const bounds = { policy: this.policy, horizonMs: this.#ground.horizonMs(this.key), random };
    const answer = answerToKeep(value, attempt.said, bounds);
    if (answer === null)
      return {
        value: handedOver(value, this.#ground.copyOnRead(this.key)),
        storedAtMs: tiers.nowMs(),
      };
    return tiers.keep(attempt.flight, answer);
  }

  /** A removal or a newer write has overtaken the load: a write is the answer, after a removal the source is asked anew. */
  #reload(): void {
    this.#ground.counters.loaded(this.key, "outdated");
    this.#attempt = null;
    if (this.waiters.size === 0) return this.#settle({ t: "unneeded" });
    if (this.#calls > maxReloads) return this.#settle({ t: "failed", error: this.#overtaken() });
    this.#renewFlight();
    const found = this.#ground.tiers.readLocal(this.key);
    if (found !== undefined && !this.#owner.offered(this, found))
      return this.#settle({ t: "unneeded" });
    this.#ask();
  }

  #renewFlight(): void {
    const { tiers } = this.#ground;
    if (this.#flight !== null) tiers.endFlight(this.#flight);
    this.#flight = tiers.beginFlight(this.key);
  }

  #expire(): void {
    if (this.#settled) return;
    const message = `Cannot load ${quote(this.key)}: the source gave no answer within ${this.policy.hardDeadlineMs} ms`;
    if (this.#attempt !== null) this.#ground.counters.loaded(this.key, "deadline");
    this.#settle({ t: "failed", error: new CacheError("deadline", message) });
  }

  /** An answer that cannot be kept, or a layer that failed: nobody may be left waiting. */
  #broke(error: unknown): void {
    if (this.#settled) return;
    if (error instanceof CacheError) return this.#fail(error);
    const message = `Cannot keep the answer for ${quote(this.key)}: the layers failed`;
    this.#fail(new CacheError("unavailable", message, { cause: error }));
  }

  #fail(error: CacheError): void {
    this.#ground.counters.loaded(this.key, "failed");
    this.#attempt = null;
    this.#settle({ t: "failed", error });
  }

  #overtaken(): CacheError {
    return new CacheError(
      "outdated",
      `Cannot load ${quote(this.key)}: a removal overtook the load`,
    );
  }

  /** Aborts last: what listens to the signal may fetch the key again. */
  #settle(outcome: LoadOutcome): void {
    this.#settled = true;
    this.#cancelDeadline();
    if (this.#flight !== null) this.#ground.tiers.endFlight(this.#flight);
    this.#flight = null;
    const attempt = this.#attempt;
    this.#attempt = null;
    this.#owner.settled(this, outcome);
    if (attempt !== null && outcome.t === "failed") attempt.controller.abort(outcome.error);
  }
}

/** A value that no layer keeps passes the same check and comes as if it had been kept. */
function handedOver(value: unknown, copyOnRead: boolean): unknown {
  if (value === null) return null;
  const decoded = decodeText(encodeText(value));
  return decoded.t === "value" ? handOut(decoded.value, decoded.frozen, copyOnRead) : value;
}
