import { type ArticleClient, articleRedisOptions } from "@holdfast/testkit";
import { Redis } from "ioredis";

export { holdfastSubject } from "./holdfast-subject.js";

/** The client of the article's class, set up as the article does. */
export function createArticleRedis(url: string): ArticleClient {
  return new Redis(url, articleRedisOptions);
}
