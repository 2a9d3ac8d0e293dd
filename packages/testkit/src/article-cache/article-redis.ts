/** What the article's class needs of a Redis client; an ioredis instance has it. */
export interface ArticleRedis {
  connect(): Promise<unknown>;
  disconnect(): void;
  get(key: string): Promise<string | null>;
  set(key: string, value: string, mode: "EX", seconds: number): Promise<unknown>;
  del(...keys: string[]): Promise<number>;
  scan(cursor: string, match: "MATCH", pattern: string): Promise<[cursor: string, keys: string[]]>;
  on(event: "error" | "ready", listener: (error?: Error) => void): unknown;
}

/** How the article sets up its client; pass it to the client's constructor. */
export const articleRedisOptions: {
  readonly lazyConnect: true;
  readonly maxRetriesPerRequest: 1;
  readonly enableOfflineQueue: false;
  readonly retryStrategy: (times: number) => number;
} = {
  lazyConnect: true,
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
  retryStrategy: (times) => Math.min(1_000 * 2 ** Math.min(times, 5), 30_000),
};
