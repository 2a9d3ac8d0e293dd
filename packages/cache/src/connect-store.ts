import { deriveKey } from "@holdfast/sqlite";
import type { SharedStore } from "./log/shared-store.js";
import type { RedisStoreOptions } from "./redis/redis-options.js";
import { connectRedis } from "./redis/redis-store.js";
import { SignedStore } from "./redis/signed-store.js";

/**
 * Begins to connect to Redis; entries are signed where there are keys. `forged` is told of entries
 * that do not check. Imported only where Redis is configured: a start is mostly the time that
 * modules take.
 */
export function connectStore(
  redis: RedisStoreOptions,
  prefix: string,
  fleetKeys: readonly Uint8Array[],
  forged: (key: string) => void,
): SharedStore {
  const store = connectRedis(redis);
  if (fleetKeys.length === 0) return store;
  const keys = fleetKeys.map((key) => deriveKey(key, "holdfast cache: entries in Redis"));
  return new SignedStore(store, { keys, prefix, forged });
}
