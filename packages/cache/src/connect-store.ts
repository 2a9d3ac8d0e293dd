import { deriveKey } from "@holdfast/sqlite";
import type { SharedStore } from "./log/shared-store.js";
import type { ResolvedOptions } from "./options.js";
import { AdoptingStore } from "./redis/adopting-store.js";
import type { RedisStoreOptions } from "./redis/redis-options.js";
import { connectRedis } from "./redis/redis-store.js";
import { SignedStore } from "./redis/signed-store.js";

/** How the shared store is used beside where it is. */
export interface StoreTerms extends Pick<ResolvedOptions, "fleetKeys" | "adoptPlain"> {
  readonly prefix: string;
  /** Told of entries that were not signed with one of the fleet's keys. */
  readonly forged: (key: string) => void;
}

/** Begins to connect to Redis; entries are signed where there are keys. */
export function connectStore(redis: RedisStoreOptions, terms: StoreTerms): SharedStore {
  const { fleetKeys, adoptPlain, prefix, forged } = terms;
  const connected = connectRedis(redis);
  const keys = fleetKeys.map((key) => deriveKey(key, "holdfast cache: entries in Redis"));
  const store =
    keys.length === 0 ? connected : new SignedStore(connected, { keys, prefix, forged });
  return adoptPlain === null ? store : new AdoptingStore(store, connected, adoptPlain);
}
