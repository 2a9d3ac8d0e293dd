import assert from "node:assert/strict";
import { test } from "node:test";
import { openRawDatabase } from "@holdfast/sqlite/testing";
import { temporaryDirectory } from "../files/temporary-directory.js";
import { ArticleCache } from "./article-cache.js";
import type { ArticleRedis } from "./article-redis.js";

/** A Redis client whose server cannot be reached. */
const unreachable: ArticleRedis = {
  connect: () => Promise.reject(new Error("refused")),
  disconnect: () => {},
  get: () => Promise.reject(new Error("refused")),
  set: () => Promise.reject(new Error("refused")),
  del: () => Promise.reject(new Error("refused")),
  scan: () => Promise.reject(new Error("refused")),
  on: () => undefined,
};

async function withCache(
  body: (cache: ArticleCache, path: string) => Promise<void>,
): Promise<void> {
  await using directory = await temporaryDirectory();
  const path = directory.file("cache.sqlite");
  const cache = new ArticleCache({ redis: unreachable, prefix: "test:", path });
  await cache.start();
  try {
    await body(cache, path);
  } finally {
    await cache.stop();
  }
}

void test("a value makes the round trip with Redis cut off", () =>
  withCache(async (cache) => {
    await cache.set("auth:alice", { allow: true }, 60);
    assert.deepEqual(await cache.get("auth:alice"), { allow: true });
    assert.equal(await cache.get("auth:bob"), null);
    assert.deepEqual(Object.fromEntries(cache.counters), {
      "sets auth": 1,
      "hits sqlite auth": 1,
      "misses auth": 1,
    });
  }));

void test("a glob removes what it matches and leaves the rest", () =>
  withCache(async (cache) => {
    for (const key of ["auth:alice", "auth:bob", "net:alice"]) await cache.set(key, 1, 60);
    assert.equal(await cache.delMatching("auth:*"), 2);
    assert.equal(await cache.get("auth:alice"), null);
    assert.equal(await cache.get("net:alice"), 1);
  }));

void test("a row lies under the key without its prefix", () =>
  withCache(async (cache, path) => {
    await cache.set("auth:zoe", 1, 60);
    using db = openRawDatabase(path);
    assert.deepEqual(
      db
        .prepare("SELECT k FROM cache_kv")
        .all()
        .map((row) => row["k"]),
      ["auth:zoe"],
    );
  }));
