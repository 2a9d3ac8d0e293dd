import assert from "node:assert/strict";
import { test } from "node:test";
import { CacheError } from "../cache-error.js";
import { checkRedisOptions, type RedisStoreOptions } from "./redis-options.js";

void test("a URL names the server, the user, the database and TLS", () => {
  const settings = checkRedisOptions({ url: "rediss://app:p%40ss@cache.example:7000/4" });
  assert.deepEqual(settings.target, { t: "tcp", host: "cache.example", port: 7000 });
  assert.deepEqual(
    [settings.username, settings.password, settings.db, settings.tls, settings.where],
    ["app", "p@ss", 4, {}, "cache.example:7000"],
  );
});

void test("a URL may be short, an address of six, a socket or its path", () => {
  const targetOf = (url: string) => checkRedisOptions({ url }).target;
  assert.deepEqual(targetOf("redis://cache"), { t: "tcp", host: "cache", port: 6379 });
  assert.deepEqual(targetOf("redis://[::1]:7000"), { t: "tcp", host: "::1", port: 7000 });
  assert.deepEqual(targetOf("unix:///run/redis.sock?db=2"), {
    t: "socket",
    path: "/run/redis.sock",
  });
  assert.deepEqual(targetOf("/run/redis.sock"), { t: "socket", path: "/run/redis.sock" });
  assert.equal(checkRedisOptions({ url: "unix:///run/redis.sock?db=2" }).db, 2);
});

void test("fields go before what the URL says", () => {
  const settings = checkRedisOptions({ url: "redis://:one@cache/1", password: "two", db: 3 });
  assert.deepEqual([settings.password, settings.db], ["two", 3]);
});

void test("defaults are filled in", () => {
  const { prefix, copyTimeoutMs, logTimeoutMs, connectTimeoutMs, db, tls } = checkRedisOptions({
    host: "cache",
  });
  assert.deepEqual(
    { prefix, copyTimeoutMs, logTimeoutMs, connectTimeoutMs, db, tls },
    {
      prefix: "holdfast",
      copyTimeoutMs: 50,
      logTimeoutMs: 500,
      connectTimeoutMs: 2_000,
      db: 0,
      tls: undefined,
    },
  );
});

const mistakes: readonly (readonly [string, RedisStoreOptions, RegExp])[] = [
  ["no server", {}, /"redis.url": exactly one of/],
  ["two servers", { host: "a", path: "/b" }, /"redis.url": exactly one of/],
  ["a URL beside a host", { url: "redis://a", host: "b" }, /"redis.host": url says/],
  ["no URL", { url: "cache secret" }, /"redis.url": it is not a URL$/],
  ["a URL of another kind", { url: "http://:secret@cache" }, /"http:" is none of/],
  ["a URL without a host", { url: "redis:///1" }, /names no host/],
  ["a URL with an odd database", { url: "redis://:secret@cache/one" }, /database is not a number/],
  ["a URL with a query", { url: "redis://:secret@cache?db=1" }, /question mark/],
  ["a URL that is badly escaped", { url: "redis://:secret%zz@cache" }, /hexadecimal/],
  ["a port out of range", { host: "a", port: 70_000 }, /"redis.port": 70000 is not/],
  ["a prefix with braces", { host: "a", prefix: "{a}" }, /"redis.prefix": "{a}" is not/],
  ["an empty prefix", { host: "a", prefix: "" }, /"redis.prefix": "" is not/],
  ["a timeout of no time", { host: "a", copyTimeoutMs: 0 }, /"redis.copyTimeoutMs": 0 is not/],
  ["sentinels without a name", { sentinels: [{ host: "a", port: 1 }] }, /"redis.sentinelName"/],
  ["no sentinel", { sentinels: [], sentinelName: "main" }, /"redis.sentinels"/],
];

for (const [what, options, words] of mistakes) {
  void test(`${what} is an error that names the option and no secret`, () => {
    assert.throws(
      () => checkRedisOptions(options),
      (error) => {
        assert(error instanceof CacheError);
        assert.equal(error.code, "invalid-option");
        assert.match(error.message, words);
        assert.doesNotMatch(JSON.stringify(error) + String(error.stack), /secret/);
        return true;
      },
    );
  });
}
