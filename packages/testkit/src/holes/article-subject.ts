import { join } from "node:path";
import { openRawDatabase } from "@holdfast/sqlite/testing";
import { ArticleCache } from "../article-cache/article-cache.js";
import { openArticleFile } from "../article-cache/article-file.js";
import type { ArticleRedis } from "../article-cache/article-redis.js";
import { crashHook } from "../child/kill-self-at.js";
import type { HoleCache, HolePlace, HoleSubject } from "./subject.js";

/** An ioredis instance. */
export interface ArticleClient extends ArticleRedis {
  readonly status: string;
}

/** Makes a client with `articleRedisOptions`; a room that knows a Redis client gives it. */
export type CreateArticleRedis = (url: string) => ArticleClient;

const fileName = "cache.sqlite";
// Nothing ever listens on the discard port of loopback.
const nowhere = "redis://127.0.0.1:9";

/** The article's class as a subject of the holes. */
export function articleSubject(createRedis: CreateArticleRedis): HoleSubject {
  const make = (place: HolePlace): ArticleHoleCache => {
    const redis = createRedis(place.redisUrl ?? nowhere);
    return new ArticleHoleCache(redis, place);
  };
  return {
    name: "article",
    begin(place) {
      const cache = make(place);
      return { cache, started: cache.start() };
    },
    async open(place) {
      const cache = make(place);
      await cache.start();
      return cache;
    },
    dataFiles: (directory) => [join(directory, fileName)],
    rows(directory) {
      using db = openRawDatabase(join(directory, fileName));
      return Number(db.prepare("SELECT count(*) AS n FROM cache_kv").get()?.["n"]);
    },
    async fill(cache, keys, ttlSeconds) {
      if (cache instanceof ArticleHoleCache) await cache.fill(keys, ttlSeconds);
    },
    spoilRow(directory, key) {
      using db = openRawDatabase(join(directory, fileName));
      db.prepare("UPDATE cache_kv SET v = '{\"broken' WHERE k = ?").run(key);
    },
  };
}

/** The step between the two tiers of a write, for a child that is to die there. */
export const betweenTiers = "between-tiers";

function crashingAfterSet(redis: ArticleRedis): ArticleRedis {
  const crash = crashHook();
  return {
    connect: () => redis.connect(),
    disconnect: () => redis.disconnect(),
    get: (key) => redis.get(key),
    async set(key, value, mode, seconds) {
      const reply = await redis.set(key, value, mode, seconds);
      crash(betweenTiers);
      return reply;
    },
    del: (...keys) => redis.del(...keys),
    scan: (cursor, match, pattern) => redis.scan(cursor, match, pattern),
    on: (event, listener) => redis.on(event, listener),
  };
}

class ArticleHoleCache implements HoleCache {
  readonly #cache: ArticleCache;
  readonly #path: string;
  readonly #redis: ArticleClient;

  constructor(redis: ArticleClient, place: HolePlace) {
    this.#redis = redis;
    // By default never: a sweep that comes after the test would fail on the files that are gone.
    const { clock, prefix = "test:", sweepEveryMs = 86_400_000 } = place;
    this.#path = join(place.directory, fileName);
    this.#cache = new ArticleCache({
      redis: crashingAfterSet(redis),
      prefix,
      path: this.#path,
      ...(clock === undefined ? {} : { now: () => clock.wallMs() }),
      sweepEveryMs,
    });
  }

  start = (): Promise<void> => this.#cache.start();
  get = (key: string): Promise<unknown> => this.#cache.get(key);
  set = (key: string, value: unknown, ttlSeconds: number): Promise<void> =>
    this.#cache.set(key, value, ttlSeconds);
  delete = (key: string): Promise<void> => this.#cache.delete(key);
  delMatching = (glob: string): Promise<number> => this.#cache.delMatching(glob);
  sweep = (): Promise<void> => this.#cache.sweep();
  usesRedis = (): boolean => this.#cache.redisOk;
  isSettled = (): boolean => this.#cache.redisOk && this.#redis.status === "ready";
  series = (): number => this.#cache.counters.size;
  undecodable = (): number => 0;
  stop = (): Promise<void> => this.#cache.stop();

  /** The article has no more than get and set: this is what its callers write around them. */
  async resolve(key: string, loader: () => Promise<unknown>, ttlSeconds: number): Promise<unknown> {
    const cached = await this.#cache.get(key);
    if (cached !== null) return cached;
    const loaded = await loader();
    await this.#cache.set(key, loaded, ttlSeconds);
    return loaded;
  }

  async fill(keys: readonly string[], ttlSeconds: number): Promise<void> {
    using db = await openArticleFile(this.#path);
    const insert = db.prepare("INSERT INTO cache_kv (k, v, expires_at) VALUES (?, ?, ?)");
    const value = JSON.stringify("x".repeat(200));
    const expiresAt = Math.floor(Date.now() / 1_000) + ttlSeconds;
    db.exec("BEGIN");
    for (const key of keys) insert.run(key, value, expiresAt);
    db.exec("COMMIT");
  }
}
