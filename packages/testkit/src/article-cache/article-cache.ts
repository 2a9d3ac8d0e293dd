import type { RawDatabase, RawStatement } from "@holdfast/sqlite/testing";
import { openArticleFile } from "./article-file.js";
import type { ArticleCacheOptions } from "./article-options.js";
import type { ArticleRedis } from "./article-redis.js";

const upsert = `INSERT INTO cache_kv (k, v, expires_at) VALUES (?, ?, ?)
  ON CONFLICT (k) DO UPDATE SET v = excluded.v, expires_at = excluded.expires_at`;

/**
 * The bad example: the two-tier cache as the article describes it, faults included, over this
 * repository's SQLite driver. Nothing in it may be mended.
 */
export class ArticleCache {
  /** Counts by "hits redis auth", "hits sqlite auth", "misses auth", "sets auth". */
  readonly counters: Map<string, number> = new Map();
  redisOk = true;
  readonly #redis: ArticleRedis;
  readonly #options: ArticleCacheOptions;
  readonly #now: () => number;
  #db: Promise<RawDatabase> | undefined;
  #sweep: NodeJS.Timeout | undefined;

  constructor(options: ArticleCacheOptions) {
    this.#options = options;
    this.#redis = options.redis;
    this.#now = options.now ?? Date.now;
    this.#redis.on("error", () => (this.redisOk = false));
    this.#redis.on("ready", () => (this.redisOk = true));
  }

  async start(): Promise<void> {
    await this.#redis.connect().catch(() => undefined);
    this.#sweep = setInterval(() => void this.sweep(), this.#options.sweepEveryMs ?? 60_000);
    this.#sweep.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    this.#redis.disconnect();
    await this.#db?.then((db) => db.close()).catch(() => undefined);
  }

  async get(key: string): Promise<unknown> {
    const kind = key.split(":", 1)[0] ?? "other";
    if (this.redisOk) {
      try {
        const hot = await this.#redis.get(this.#options.prefix + key);
        if (hot !== null) {
          this.#count(`hits redis ${kind}`);
          return JSON.parse(hot);
        }
      } catch {}
    }
    const value = await this.#sqliteGet(key);
    this.#count(value === null ? `misses ${kind}` : `hits sqlite ${kind}`);
    return value;
  }

  async set(key: string, value: unknown, ttlSeconds: number): Promise<void> {
    const json = JSON.stringify(value);
    const expiresAt = Math.floor(this.#now() / 1_000) + ttlSeconds;
    const name = this.#options.prefix + key;
    if (this.redisOk) await this.#redis.set(name, json, "EX", ttlSeconds).catch(() => undefined);
    (await this.#prepare(upsert)).run(key, json, expiresAt);
    this.#count(`sets ${key.split(":", 1)[0] ?? "other"}`);
  }

  async delete(key: string): Promise<void> {
    if (this.redisOk) await this.#redis.del(this.#options.prefix + key).catch(() => undefined);
    (await this.#prepare("DELETE FROM cache_kv WHERE k = ?")).run(key);
  }

  /** Answers how many rows SQLite held. */
  async delMatching(glob: string): Promise<number> {
    if (this.redisOk) await this.#redisDelMatching(this.#options.prefix + glob).catch(() => {});
    const escaped = glob.replaceAll("\\", "\\\\").replaceAll("%", "\\%").replaceAll("_", "\\_");
    const like = escaped.replaceAll("*", "%").replaceAll("?", "_");
    return (await this.#prepare("DELETE FROM cache_kv WHERE k LIKE ? ESCAPE '\\'")).run(like);
  }

  async sweep(): Promise<void> {
    const now = Math.floor(this.#now() / 1_000);
    (await this.#prepare("DELETE FROM cache_kv WHERE expires_at <= ?")).run(now);
  }

  async #redisDelMatching(pattern: string): Promise<void> {
    let cursor = "0";
    do {
      const [next, keys] = await this.#redis.scan(cursor, "MATCH", pattern);
      if (keys.length > 0) await this.#redis.del(...keys);
      cursor = next;
    } while (cursor !== "0");
  }

  async #sqliteGet(key: string): Promise<unknown> {
    const row = (await this.#prepare("SELECT v, expires_at FROM cache_kv WHERE k = ?")).get(key);
    if (row === undefined) return null;
    if (Number(row["expires_at"]) <= Math.floor(this.#now() / 1_000)) {
      (await this.#prepare("DELETE FROM cache_kv WHERE k = ?")).run(key);
      return null;
    }
    try {
      return JSON.parse(String(row["v"]));
    } catch {
      return null;
    }
  }

  async #prepare(sql: string): Promise<RawStatement> {
    this.#db ??= openArticleFile(this.#options.path);
    return (await this.#db).prepare(sql);
  }

  #count(name: string): void {
    this.counters.set(name, (this.counters.get(name) ?? 0) + 1);
  }
}
