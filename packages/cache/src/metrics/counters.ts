import type { Age, Layer, MetricSample, Source } from "../cache-contract.js";
import type { FetchCounters, LoadResult, RefreshReason } from "../fetch/fetch-counters.js";
import { type MetricName, sample } from "./families.js";
import { type KindCounters, KindTable } from "./kind-counters.js";

/** What a failed call of Redis was for. */
export type RedisCall = "read" | "write" | "log";

/** Counts what the cache does. A call on the way of a read costs a few comparisons and builds nothing. */
export class Counters implements FetchCounters {
  readonly #kinds: KindTable;
  readonly #removals = { key: 0, barrier: 0 };
  readonly #redisErrors: Record<RedisCall, number> = { read: 0, write: 0, log: 0 };
  #evicted = 0;
  #integrityFailures = 0;
  #undecodable = 0;
  #widened = 0;
  #disksLost = 0;

  /** `declared` kinds are counted apart from the start. */
  constructor(declared: readonly string[]) {
    this.#kinds = new KindTable(declared);
  }

  hit(layer: Layer, key: string): void {
    this.#kinds.ofKey(key).hits[layer] += 1;
  }

  miss(key: string): void {
    this.#kinds.ofKey(key).misses += 1;
  }

  set(kind: string): void {
    this.#kinds.ofKind(kind).sets += 1;
  }

  removal(by: "key" | "barrier"): void {
    this.#removals[by] += 1;
  }

  loaded(key: string, result: LoadResult): void {
    this.#kinds.ofKey(key).loads[result] += 1;
  }

  refreshed(key: string, reason: RefreshReason): void {
    this.#kinds.ofKey(key).refreshes[reason] += 1;
  }

  answered(key: string, source: Source, age: Age): void {
    this.#kinds.ofKey(key).answers[age][source] += 1;
  }

  saved(key: string): void {
    this.#kinds.ofKey(key).saved += 1;
  }

  limited(key: string): void {
    this.#kinds.ofKey(key).limited += 1;
  }

  rejectedCopy(key: string): void {
    this.#kinds.ofKey(key).rejected += 1;
  }

  redisError(during: RedisCall): void {
    this.#redisErrors[during] += 1;
  }

  evicted(copies: number): void {
    this.#evicted += copies;
  }

  integrityFailure(): void {
    this.#integrityFailures += 1;
  }

  undecodable(_key: string): void {
    this.#undecodable += 1;
  }

  widened(): void {
    this.#widened += 1;
  }

  diskLost(): void {
    this.#disksLost += 1;
  }

  /** Every count since the start. */
  samples(): MetricSample[] {
    const samples: MetricSample[] = [];
    for (const counters of this.#kinds.all()) samples.push(...samplesOf(counters));
    samples.push(
      ...spread("holdfast_cache_removals_total", "by", this.#removals, {}),
      ...spread("holdfast_cache_redis_errors_total", "during", this.#redisErrors, {}),
      sample("holdfast_cache_copies_evicted_total", this.#evicted),
      sample("holdfast_cache_integrity_failures_total", this.#integrityFailures),
      sample("holdfast_cache_undecodable_total", this.#undecodable),
      sample("holdfast_cache_barriers_widened_total", this.#widened),
      sample("holdfast_cache_disks_lost_total", this.#disksLost),
    );
    return samples;
  }
}

function samplesOf(counters: KindCounters): MetricSample[] {
  const labels = { kind: counters.kind };
  const { fresh, stale } = counters.answers;
  return [
    ...spread("holdfast_cache_hits_total", "layer", counters.hits, labels),
    sample("holdfast_cache_misses_total", counters.misses, labels),
    sample("holdfast_cache_sets_total", counters.sets, labels),
    ...spread("holdfast_cache_loads_total", "outcome", counters.loads, labels),
    ...spread("holdfast_cache_refreshes_total", "reason", counters.refreshes, labels),
    ...spread("holdfast_cache_answers_total", "source", fresh, { ...labels, age: "fresh" }),
    ...spread("holdfast_cache_answers_total", "source", stale, { ...labels, age: "stale" }),
    sample("holdfast_cache_upstream_calls_saved_total", counters.saved, labels),
    sample("holdfast_cache_refreshes_limited_total", counters.limited, labels),
    sample("holdfast_cache_copies_rejected_total", counters.rejected, labels),
  ];
}

/** One sample for each count of a record, told apart by a label. */
function spread(
  name: MetricName,
  label: string,
  counts: Readonly<Record<string, number>>,
  labels: MetricSample["labels"],
): MetricSample[] {
  return Object.entries(counts).map(([of, count]) =>
    sample(name, count, { ...labels, [label]: of }),
  );
}
