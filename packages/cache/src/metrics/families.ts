import type { MetricSample } from "../cache-contract.js";

/** What is measured under one name. */
export interface MetricFamily {
  readonly type: MetricSample["type"];
  readonly help: string;
}

/** Every metric of the cache, so that each has one meaning wherever it is read. */
export const families = {
  holdfast_cache_hits_total: counter("Reads that a layer answered"),
  holdfast_cache_misses_total: counter("Reads that no layer answered"),
  holdfast_cache_sets_total: counter("Values set"),
  holdfast_cache_removals_total: counter("Removals asked for, of one key or by a barrier"),
  holdfast_cache_loads_total: counter("Calls of loaders by how they ended"),
  holdfast_cache_refreshes_total: counter("Loads begun while an answer was at hand"),
  holdfast_cache_answers_total: counter("Answers of fetch by where they came from"),
  holdfast_cache_upstream_calls_saved_total: counter(
    "Answers of fetch that cost no call of a loader",
  ),
  holdfast_cache_refreshes_limited_total: counter("Refreshes put off by the limiter"),
  holdfast_cache_redis_errors_total: counter("Calls of Redis that failed"),
  holdfast_cache_copies_rejected_total: counter(
    "Copies in Redis that a removal may have overtaken",
  ),
  holdfast_cache_copies_evicted_total: counter("Copies dropped to keep the file in its bound"),
  holdfast_cache_integrity_failures_total: counter("Entries whose seal did not fit"),
  holdfast_cache_undecodable_total: counter("Entries that could not be read"),
  holdfast_cache_barriers_widened_total: counter("Barriers merged into a wider one"),
  holdfast_cache_verified: gauge("1 while nothing newer can have been missed"),
  holdfast_cache_redis_up: gauge("1 while Redis answers; absent where none is configured"),
  holdfast_cache_disk_writable: gauge("1 while the disk takes writes"),
  holdfast_cache_unpublished_writes: gauge("Own writes that the log does not hold yet"),
  holdfast_cache_barriers: gauge("Barriers that are remembered"),
  holdfast_cache_memory_entries: gauge("Entries in memory"),
  holdfast_cache_memory_bytes: gauge("Estimated bytes of the entries in memory"),
} as const satisfies Readonly<Record<string, MetricFamily>>;

export type MetricName = keyof typeof families;

/** One value of a family. */
export function sample(
  name: MetricName,
  value: number,
  labels: MetricSample["labels"] = {},
): MetricSample {
  return { name, ...families[name], labels, value };
}

function counter(help: string): MetricFamily {
  return { type: "counter", help };
}

function gauge(help: string): MetricFamily {
  return { type: "gauge", help };
}
