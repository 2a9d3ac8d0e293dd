import type { MetricSample } from "../cache-contract.js";

/** Every metric of the cache. Those that end in `_total` are counters. */
export const metricNames = [
  "holdfast_cache_hits_total",
  "holdfast_cache_misses_total",
  "holdfast_cache_sets_total",
  "holdfast_cache_removals_total",
  "holdfast_cache_loads_total",
  "holdfast_cache_refreshes_total",
  "holdfast_cache_answers_total",
  "holdfast_cache_upstream_calls_saved_total",
  "holdfast_cache_refreshes_limited_total",
  "holdfast_cache_redis_errors_total",
  "holdfast_cache_copies_rejected_total",
  "holdfast_cache_copies_evicted_total",
  "holdfast_cache_integrity_failures_total",
  "holdfast_cache_undecodable_total",
  "holdfast_cache_barriers_widened_total",
  "holdfast_cache_disks_lost_total",
  "holdfast_cache_verified",
  "holdfast_cache_redis_up",
  "holdfast_cache_disk_writable",
  "holdfast_cache_unpublished_writes",
  "holdfast_cache_barriers",
  "holdfast_cache_memory_entries",
  "holdfast_cache_memory_bytes",
] as const;

export type MetricName = (typeof metricNames)[number];

const help: Readonly<Record<MetricName, string>> = {
  holdfast_cache_hits_total: "Reads that a layer answered",
  holdfast_cache_misses_total: "Reads that no layer answered",
  holdfast_cache_sets_total: "Values set",
  holdfast_cache_removals_total: "Removals asked for, of one key or by a barrier",
  holdfast_cache_loads_total: "Calls of loaders by how they ended",
  holdfast_cache_refreshes_total: "Loads begun while an answer was at hand",
  holdfast_cache_answers_total: "Answers of fetch by where they came from",
  holdfast_cache_upstream_calls_saved_total: "Answers of fetch that cost no call of a loader",
  holdfast_cache_refreshes_limited_total: "Refreshes put off by the limiter",
  holdfast_cache_redis_errors_total: "Calls of Redis that failed",
  holdfast_cache_copies_rejected_total: "Copies in Redis that a removal may have overtaken",
  holdfast_cache_copies_evicted_total: "Copies dropped to keep the file within its bound",
  holdfast_cache_integrity_failures_total: "Entries whose seal or signature did not fit",
  holdfast_cache_undecodable_total: "Entries that could not be read",
  holdfast_cache_barriers_widened_total: "Barriers merged into a wider one",
  holdfast_cache_disks_lost_total:
    "Times that what the disk held could not be read and was given up",
  holdfast_cache_verified: "1 while nothing newer can have been missed",
  holdfast_cache_redis_up: "1 while Redis answers; absent where none is configured",
  holdfast_cache_disk_writable: "1 while the disk takes writes",
  holdfast_cache_unpublished_writes: "Own writes that the log does not hold yet",
  holdfast_cache_barriers: "Barriers that are remembered",
  holdfast_cache_memory_entries: "Entries in memory",
  holdfast_cache_memory_bytes: "Estimated bytes of the entries in memory",
};

/** One value of a metric. */
export function sample(
  name: MetricName,
  value: number,
  labels: MetricSample["labels"] = {},
): MetricSample {
  return { name, type: typeOf(name), help: help[name], labels, value };
}

export function typeOf(name: MetricName): MetricSample["type"] {
  return name.endsWith("_total") ? "counter" : "gauge";
}

export function helpOf(name: MetricName): string {
  return help[name];
}
