import { setTimeout as pause } from "node:timers/promises";
import type { Cache } from "@holdfast/cache";
import { sampleValue } from "./sample.js";

const ttlSeconds = 6 * 3_600;

/** Puts a copy of every key, no faster than the disk takes them; the last ones are on it once the cache has stopped. */
export async function fillCopies(
  cache: Cache,
  keys: readonly string[],
  ttl: number = ttlSeconds,
): Promise<void> {
  for (const [index, key] of keys.entries()) {
    await cache.set(key, sampleValue(index), ttl, { copy: true });
    if (index % 2_000 === 1_999) await pause(50);
  }
}

/** Writes every key, 256 at a time; they are on the disk when it resolves. */
export async function fillWrites(cache: Cache, keys: readonly string[]): Promise<void> {
  for (let first = 0; first < keys.length; first += 256) {
    const slice = keys.slice(first, first + 256);
    await Promise.all(
      slice.map((key, index) => cache.set(key, sampleValue(first + index), ttlSeconds)),
    );
  }
}
