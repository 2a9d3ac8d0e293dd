import type { ArticleRedis } from "./article-redis.js";

export interface ArticleCacheOptions {
  readonly redis: ArticleRedis;
  /** Put before every key in Redis, never in SQLite. */
  readonly prefix: string;
  /** Path of the SQLite file. */
  readonly path: string;
  /** @default Date.now */
  readonly now?: () => number;
  /** @default 60_000 */
  readonly sweepEveryMs?: number;
}
