import { Redis, type RedisOptions } from "ioredis";

/** The client of the article's class. */
export const createArticleRedis = (url: string, options: RedisOptions): Redis =>
  new Redis(url, options);
