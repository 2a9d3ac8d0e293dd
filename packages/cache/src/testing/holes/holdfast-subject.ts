import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openRawDatabase } from "@holdfast/sqlite/testing";
import {
  eventually,
  type HoleCache,
  type HolePlace,
  type HoleSubject,
  type ShiftedClock,
  shiftedClock,
} from "@holdfast/testkit";
import type { Cache } from "../../cache-contract.js";
import { createCache } from "../../create-cache.js";

/** How often the cache looks after its disk. */
const roundMs = 60_000;

/** Our cache as a subject of the holes. */
export const holdfastSubject: HoleSubject = {
  name: "holdfast",
  begin(place) {
    const cache = new HoldfastHoleCache(place);
    return { cache, started: cache.start() };
  },
  async open(place) {
    const cache = new HoldfastHoleCache(place);
    await cache.start();
    return cache;
  },
  dataFiles(directory) {
    const slots = readdirSync(directory).filter((name) => name.startsWith("slot-"));
    return slots.map((slot) => join(directory, slot, "cache.sqlite"));
  },
  rows(directory) {
    return this.dataFiles(directory).reduce((sum, path) => {
      using db = openRawDatabase(path);
      const held = "(SELECT count(*) FROM copy) + (SELECT count(*) FROM row WHERE v IS NOT NULL)";
      return sum + Number(db.prepare(`SELECT ${held} AS n`).get()?.["n"]);
    }, 0);
  },
  async fill(cache, keys, ttlSeconds) {
    if (cache instanceof HoldfastHoleCache) await cache.fill(keys, ttlSeconds);
  },
  spoilRow(directory, key) {
    for (const path of this.dataFiles(directory)) {
      using db = openRawDatabase(path);
      db.prepare("UPDATE row SET v = '{\"broken' WHERE k = ?").run(key);
    }
  },
};

class HoldfastHoleCache implements HoleCache {
  readonly #cache: Cache;
  readonly #clock: ShiftedClock;
  #roundsPlanned = 0;

  constructor({ directory, redisUrl, prefix = "test:", clock }: HolePlace) {
    this.#clock = clock ?? shiftedClock();
    this.#cache = createCache({
      directory,
      ...(redisUrl === undefined ? {} : { redis: { url: redisUrl, prefix } }),
      clock: {
        wallMs: () => this.#clock.wallMs(),
        monotonicMs: () => this.#clock.monotonicMs(),
        after: (delayMs, callback) => {
          if (delayMs === roundMs) this.#roundsPlanned += 1;
          return this.#clock.after(delayMs, callback);
        },
      },
    });
  }

  start = (): Promise<void> => this.#cache.start();
  get = (key: string): Promise<unknown> => this.#cache.get(key);
  set = (key: string, value: unknown, ttlSeconds: number): Promise<unknown> =>
    this.#cache.set(key, value, ttlSeconds);
  delete = (key: string): Promise<unknown> => this.#cache.delete(key);
  delMatching = (glob: string): Promise<number> => this.#cache.delMatching(glob);
  stop = (): Promise<void> => this.#cache.stop();

  async resolve(key: string, loader: () => Promise<unknown>, ttlSeconds: number): Promise<unknown> {
    const answer = await this.#cache.fetch(key, loader, { ttlMs: ttlSeconds * 1_000 });
    return answer.value;
  }

  /** A minute passes, and the round that is due then has ended: it plans the next one. */
  async sweep(): Promise<void> {
    const planned = this.#roundsPlanned;
    this.#clock.advance(roundMs + 1);
    await eventually(() => this.#roundsPlanned > planned, { withinMs: 10_000, everyMs: 1 });
  }

  usesRedis = (): boolean => this.#cache.status().redis.state === "up";

  isSettled(): boolean {
    const { redis, unpublished, currency } = this.#cache.status();
    return redis.state === "up" && unpublished === 0 && currency === "verified";
  }

  series = (): number => this.#cache.metrics().length;

  undecodable(): number {
    const samples = this.#cache.metrics();
    const counted = samples.filter((sample) => sample.name === "holdfast_cache_undecodable_total");
    return counted.reduce((sum, sample) => sum + sample.value, 0);
  }

  async fill(keys: readonly string[], ttlSeconds: number): Promise<void> {
    const value = "x".repeat(200);
    for (let start = 0; start < keys.length; start += 1_000) {
      const some = keys.slice(start, start + 1_000);
      const copy = { copy: true };
      await Promise.all(some.map((key) => this.#cache.set(key, value, ttlSeconds, copy)));
    }
  }
}
