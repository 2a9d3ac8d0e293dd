import type { CacheStatus, MetricSample } from "../cache-contract.js";
import { sample } from "./families.js";

/** What a status says in numbers. */
export function gaugesOf(status: CacheStatus): MetricSample[] {
  const gauges = [
    sample("holdfast_cache_verified", status.currency === "verified" ? 1 : 0),
    sample("holdfast_cache_disk_writable", status.disk.state === "up" ? 1 : 0),
    sample("holdfast_cache_unpublished_writes", status.unpublished),
    sample("holdfast_cache_barriers", status.barriers),
    sample("holdfast_cache_memory_entries", status.memory.entries),
    sample("holdfast_cache_memory_bytes", status.memory.bytes),
  ];
  if (status.redis.state !== "not-configured") {
    gauges.push(sample("holdfast_cache_redis_up", status.redis.state === "up" ? 1 : 0));
  }
  return gauges;
}
