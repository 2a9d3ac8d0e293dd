import type { FetchPolicy } from "../cache-contract.js";
import { CacheError } from "../cache-error.js";
import type { Clock, Random } from "../clock.js";
import { quote } from "../rules/quote.js";
import type { ResolvedPolicy } from "./decide.js";
import { type FetchCounters, noCounters } from "./fetch-counters.js";
import type { RefreshLimiterOptions } from "./refresh-limiter.js";
import type { Tiers } from "./tiers.js";

export interface FetcherOptions {
  readonly tiers: Tiers;
  readonly clock: Clock;
  readonly random: Random;
  /** The policy of a call with every default of its namespace filled in. Called on every fetch: memoised. */
  policyFor(key: string, policy: FetchPolicy | undefined): ResolvedPolicy;
  /** The longest TTL and grace together that a loader may ask for. @default no bound */
  horizonMs?(key: string): number;
  /** Whether every caller gets a value of its own that it may change. @default false */
  copyOnRead?(key: string): boolean;
  /** Bounds what comes due for many keys at once: rechecks, and what an earlier run left behind. */
  readonly limiter?: RefreshLimiterOptions;
  /** Loads under way at most, 1 to 1,000,000; beyond it callers get `unavailable`. @default 10_000 */
  readonly maxFlights?: number;
  /** Keys whose failures and rechecks are remembered, 1 to 1,000,000. @default 10_000 */
  readonly maxAskingTimes?: number;
  readonly counters?: FetchCounters;
}

/** The options with every default filled in. */
export interface FetcherSettings {
  readonly horizonMs: (key: string) => number;
  readonly copyOnRead: (key: string) => boolean;
  readonly limiter: Required<RefreshLimiterOptions>;
  readonly maxFlights: number;
  readonly maxAskingTimes: number;
  readonly counters: FetchCounters;
}

/** @throws CacheError `invalid-option`, naming the option, its value and what is allowed. */
export function fetcherSettings(options: FetcherOptions): FetcherSettings {
  const { limiter, maxFlights = 10_000, maxAskingTimes = 10_000 } = options;
  const perSecond = limiter?.perSecond ?? 10;
  const burst = limiter?.burst ?? 10;
  checkRange("limiter.perSecond", perSecond, [0.1, 100_000]);
  checkRange("limiter.burst", burst, [1, 100_000]);
  checkRange("maxFlights", maxFlights, [1, 1_000_000]);
  checkRange("maxAskingTimes", maxAskingTimes, [1, 1_000_000]);
  return {
    horizonMs: options.horizonMs?.bind(options) ?? (() => Number.POSITIVE_INFINITY),
    copyOnRead: options.copyOnRead?.bind(options) ?? (() => false),
    limiter: { perSecond, burst },
    maxFlights,
    maxAskingTimes,
    counters: options.counters ?? noCounters,
  };
}

function checkRange(option: string, value: number, [least, most]: readonly [number, number]): void {
  if (value >= least && value <= most) return;
  const message = `Cannot use ${option} ${quote(value)}: it should be ${least} to ${most}`;
  throw new CacheError("invalid-option", message, { argument: option });
}
