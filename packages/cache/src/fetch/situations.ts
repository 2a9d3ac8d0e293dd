import { AskingTimes } from "./asking-times.js";
import {
  type Decision,
  decide,
  isAlive,
  isQuiet,
  type Moment,
  type ResolvedPolicy,
  soonestRecheckMs,
} from "./decide.js";
import type { FlightTable } from "./flight-table.js";
import type { LoadGround } from "./load.js";
import { RefreshLimiter, type RefreshLimiterOptions } from "./refresh-limiter.js";
import type { Found } from "./tiers.js";

/** A decision to answer from what was found. */
export type AnswerNow = Decision & { readonly t: "answer" };

/** For whom something is decided, and when. */
export interface Ruling {
  readonly key: string;
  readonly policy: ResolvedPolicy;
  readonly moment: Moment;
}

export interface SituationsOptions {
  readonly limiter: Required<RefreshLimiterOptions>;
  readonly maxAskingTimes: number;
}

/** Reads off where a fetch stands, has it decided, and notes what a decision uses up. */
export class Situations {
  readonly times: AskingTimes;
  readonly #ground: LoadGround;
  readonly #flights: FlightTable;
  readonly #limiter: RefreshLimiter;

  constructor(ground: LoadGround, flights: FlightTable, options: SituationsOptions) {
    this.#ground = ground;
    this.#flights = flights;
    this.#limiter = new RefreshLimiter(options.limiter, ground.tiers.nowMs());
    this.times = new AskingTimes(options.maxAskingTimes, ground.random);
  }

  moment(): Moment {
    const { tiers } = this.#ground;
    return { nowMs: tiers.nowMs(), verified: tiers.verified() };
  }

  /** Whether the answer is given as it is, with nothing else to do. */
  isQuiet(found: Found, ruling: Ruling): boolean {
    const { key, policy, moment } = ruling;
    return isQuiet(found, policy, moment) && this.#isServable(key, moment);
  }

  decide(found: Found | undefined, ruling: Ruling, loading: boolean): Decision {
    const { key, policy, moment } = ruling;
    return decide({
      found,
      nowMs: moment.nowMs,
      verified: moment.verified,
      policy,
      servable: this.#isServable(key, moment),
      backoffUntilMs: this.times.backoff(key)?.untilMs ?? 0,
      recheckAtMs: found === undefined ? 0 : this.#recheckAtMs(found, ruling),
      loading,
      token: this.#limiter.hasToken(moment.nowMs),
    });
  }

  /** What may be given out now, fresh or stale. Never throws: a layer that fails holds nothing. */
  readServable(key: string, moment: Moment): Found | undefined {
    try {
      if (!this.#isServable(key, moment)) return undefined;
      const found = this.#ground.tiers.readLocal(key);
      return found !== undefined && isAlive(found, moment.nowMs) ? found : undefined;
    } catch {
      return undefined;
    }
  }

  /** How the source failed, where the decision rests on it. */
  failureOf(key: string, decision: AnswerNow): unknown {
    return decision.inVain ? this.times.backoff(key)?.failure : undefined;
  }

  /** Whether a load in the background is to begin now. True takes the token: it must begin. */
  startsRefresh(decision: AnswerNow, ruling: Ruling): boolean {
    const { background, found } = decision;
    const { key, policy, moment } = ruling;
    const { counters } = this.#ground;
    if (background.t === "limited") counters.limited(key);
    if (background.t !== "refresh") return false;
    if (this.#flights.full && this.#flights.get(key) === undefined) return false;
    if (background.takesToken) this.#limiter.take(moment.nowMs);
    if (background.reason === "recheck") this.times.rechecking(key, found, policy, moment.nowMs);
    counters.refreshed(key, background.reason);
    return true;
  }

  #isServable(key: string, moment: Moment): boolean {
    return moment.verified || this.#ground.tiers.servable(key);
  }

  #recheckAtMs(found: Found, ruling: Ruling): number {
    const { key, policy, moment } = ruling;
    if (moment.verified || moment.nowMs < soonestRecheckMs(found, policy))
      return Number.POSITIVE_INFINITY;
    return this.times.recheckAtMs(key, found, policy);
  }
}
