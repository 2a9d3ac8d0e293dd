import type { Answer, FetchPolicy } from "../../cache-contract.js";
import type { Clock } from "../../clock.js";
import type { ResolvedPolicy } from "../decide.js";
import { createFetcher, type Fetcher } from "../fetcher.js";
import type { FetcherOptions } from "../fetcher-options.js";
import { Counting } from "./counting.js";
import { FakeTiers } from "./fake-tiers.js";
import { Source } from "./source.js";

/** What the tests take as the defaults: no jitter, so that times can be told. */
export const plainPolicy: ResolvedPolicy = {
  ttlMs: 60_000,
  jitter: 0,
  refreshAhead: 0.75,
  graceMs: 600_000,
  negativeTtlMs: 10_000,
  softDeadlineMs: 200,
  hardDeadlineMs: 5_000,
  retryAfterMs: 5_000,
  recheckMs: 60_000,
  tags: [],
};

/** A clock that a test moves. */
export interface DrivenClock extends Clock {
  advance(ms: number): void;
  elapse(ms: number): Promise<void>;
  pendingTimers(): number;
}

export interface Stand {
  readonly clock: DrivenClock;
  readonly tiers: FakeTiers;
  readonly source: Source;
  readonly counting: Counting;
  readonly fetcher: Fetcher;
  /** Fetches from the stand's source. */
  fetch: (key: string, policy?: FetchPolicy) => Promise<Answer<unknown>>;
  /** Lets promises settle. */
  settle: () => Promise<void>;
}

/** A fetcher over fake layers and a source that answers when told. `random` is 0.5. */
export function stand(clock: DrivenClock, options: Partial<FetcherOptions> = {}): Stand {
  const tiers = new FakeTiers(() => clock.monotonicMs());
  const source = new Source();
  const counting = new Counting();
  const fetcher = createFetcher({
    tiers,
    clock,
    random: () => 0.5,
    policyFor: (_key, policy) => ({ ...plainPolicy, ...policy }),
    counters: counting,
    ...options,
  });
  return {
    clock,
    tiers,
    source,
    counting,
    fetcher,
    fetch: (key, policy) => fetcher.fetch(key, source.loader, policy),
    settle: () => clock.elapse(0),
  };
}
