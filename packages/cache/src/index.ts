export type {
  Acknowledge,
  Age,
  Answer,
  Cache,
  CacheStatus,
  Currency,
  DependencyStatus,
  FetchPolicy,
  Layer,
  Load,
  Loader,
  LoadTerms,
  MetricSample,
  Peek,
  Receipt,
  RemovalReceipt,
  RemovalTarget,
  RemoveOptions,
  SetOptions,
  Source,
} from "./cache-contract.js";
export { CacheError, type CacheErrorCode } from "./cache-error.js";
export { type Clock, type Random, systemClock } from "./clock.js";
export { createCache } from "./create-cache.js";
export {
  type Observer,
  type OpenTelemetryMeter,
  registerOpenTelemetry,
} from "./metrics/open-telemetry.js";
export { prometheusContentType, prometheusText } from "./metrics/prometheus.js";
export type { CacheEvent, CacheOptions, NamespaceOptions, WhenUnverified } from "./options.js";
export type { RedisStoreOptions } from "./redis/redis-options.js";
