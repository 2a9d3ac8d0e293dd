import assert from "node:assert/strict";
import { test } from "node:test";
import { redisMissing, startRedis, temporaryDirectory } from "@holdfast/testkit";
import { createCache } from "../create-cache.js";

void test("the article's plain keys answer until they end or are removed, and never again after", {
  skip: redisMissing,
}, async () => {
  await using redis = await startRedis();
  await using directory = await temporaryDirectory();
  await redis.command("SET", "vpn:auth:alice", '{"allow":true}', "EX", "100");
  await redis.command("SET", "vpn:auth:bob", '{"allow":true}', "EX", "100");
  await redis.command("SET", "vpn:auth:broken", "{", "EX", "100");
  await redis.command("SET", "vpn:auth:endless", "1");
  const open = () =>
    createCache({ directory: directory.file("cache"), redis: redis.url, adoptPlain: "vpn:" });
  const cache = open();
  await cache.start();
  // "all" resolves once the log is read and written, so that Redis is in use from here on.
  await cache.set("ready", 1, 60, { acknowledge: "all" });
  assert.deepEqual(await cache.get("auth:alice"), { allow: true });
  assert.equal((await cache.peek("auth:alice"))?.kind, "copy");
  assert.equal(await cache.get("auth:broken"), null);
  assert.equal(await cache.get("auth:endless"), null);
  await cache.delete("auth:alice", { acknowledge: "all" });
  await cache.delMatching("auth:b*", { acknowledge: "all" });
  assert.equal(await cache.get("auth:alice"), null);
  assert.equal(await cache.get("auth:bob"), null);
  await cache.stop();
  const again = open();
  await again.start();
  await again.set("ready", 2, 60, { acknowledge: "all" });
  assert.equal(await again.get("auth:alice"), null);
  assert.equal(await again.get("auth:bob"), null);
  await again.stop();
});
