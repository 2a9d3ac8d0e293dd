import { type Cache, type CacheEvent, createCache } from "@holdfast/cache";
import { cacheNamespaces } from "@holdfast/decisions";
import type { Logger } from "pino";
import type { ResolvedSettings } from "./settings.js";

export interface CacheSurroundings {
  readonly settings: Pick<ResolvedSettings, "redisUrl" | "redisPrefix">;
  readonly directory: string;
  readonly fleetKey: Uint8Array;
  readonly log: Logger;
}

/** The cache of this instance, not yet started. */
export function openCache({ settings, directory, fleetKey, log }: CacheSurroundings): Cache {
  const { redisUrl: url, redisPrefix: prefix } = settings;
  return createCache({
    directory,
    namespaces: cacheNamespaces,
    fleetKeys: [fleetKey],
    onEvent: (event) => log[levelOf(event)]({ event }, `cache: ${event.t}`),
    ...(url === null ? {} : { redis: { url, prefix } }),
  });
}

/** Events after which answers are as good as before, or better. All others are warnings. */
const good: ReadonlySet<CacheEvent["t"]> = new Set([
  "redis-up",
  "verified",
  "generation",
  "disk-writable",
  "slot-adopted",
]);

function levelOf({ t }: CacheEvent): "info" | "warn" {
  return good.has(t) ? "info" : "warn";
}
