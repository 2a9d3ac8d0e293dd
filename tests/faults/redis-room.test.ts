import assert from "node:assert/strict";
import { suite } from "node:test";
import type { RedisServer } from "@holdfast/testkit";
import { type FaultFile, faultTest } from "./fault-test.js";
import { allAnswer, settled, whenAnswers, whenStatus } from "./states.js";

const file: FaultFile = { title: "Redis is short of memory", url: import.meta.url };

const hour = 3_600;

/** Memory that holds what is there and some of what comes. */
async function roomFor(redis: RedisServer): Promise<number> {
  const used = /^used_memory:(\d+)/m.exec(await redis.info("memory"))?.[1];
  return Number(used) + 1_000_000;
}

async function evictedKeys(redis: RedisServer): Promise<number> {
  return Number(/^evicted_keys:(\d+)/m.exec(await redis.info("stats"))?.[1]);
}

void suite(file.title, { concurrency: 2 }, () => {
  void faultTest(
    file,
    {
      guarantees: ["R1", "R2"],
      fault: "Redis runs under allkeys-lru and evicts whatever it likes, the log included",
      holds:
        "a Redis that may evict the log is called unverified, with the reason, and removals hold",
    },
    async (lab) => {
      const redis = await lab.redis({ config: { "maxmemory-policy": "allkeys-lru" } });
      const [a, b] = await Promise.all([lab.instance(redis), lab.instance(redis)]);
      const isReading = await whenStatus(a, ({ unverifiedBecause }) =>
        /may evict the log/.test(unverifiedBecause ?? ""),
      );
      await whenStatus(b, ({ unverifiedBecause }) => /may evict/.test(unverifiedBecause ?? ""));
      await a.set("auth:alice", "ALLOW", hour, { acknowledge: "shared" });
      await whenAnswers(b, "auth:alice", "ALLOW");
      await a.delete("auth:alice", { acknowledge: "shared" });
      await whenAnswers(b, "auth:alice", null);
      await redis.command("CONFIG", "SET", "maxmemory", String(await roomFor(redis)));
      const padding = "x".repeat(20_000);
      for (let number = 0; number < 300; number += 1) {
        await redis.command("SET", `elsewhere:${number}`, padding);
      }
      const evicted = await evictedKeys(redis);
      assert.ok(evicted > 0, "nothing was evicted");
      await allAnswer([a, b], "auth:alice", null);
      assert.equal((await a.fetch("auth:bob", "ALLOW")).currency, "unverified");
      await redis.command("CONFIG", "SET", "maxmemory", "0");
      await redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
      await settled(a, b);
      await allAnswer([a, b], "auth:alice", null);
      return `status says "${isReading.unverifiedBecause}"; the removal holds over evictions, and noeviction makes it verified again`;
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault: "Redis is full under noeviction and refuses every write",
      holds:
        "a full Redis delays a removal elsewhere, never where it was made, and gets it when there is room",
    },
    async (lab) => {
      const redis = await lab.redis({ config: { "maxmemory-policy": "noeviction" } });
      const [a, b] = await lab.fleet(redis, redis);
      await a.set("auth:alice", "ALLOW", hour, { acknowledge: "all" });
      assert.equal(await b.get("auth:alice"), "ALLOW");
      await redis.command("CONFIG", "SET", "maxmemory", "1mb");
      const receipt = await a.delete("auth:alice");
      assert.equal(receipt.acknowledged, "durable");
      assert.equal(await a.get("auth:alice"), null);
      const full = await whenStatus(
        a,
        ({ currency, unpublished }) => currency === "unverified" && unpublished > 0,
      );
      await whenStatus(b, ({ currency }) => currency === "unverified");
      const load = { forMs: 1_500, getsPerSecond: 200, setsPerSecond: 20, keys: 50 };
      const figures = await a.mixAtRate(load);
      assert.equal(figures.answered, figures.asked);
      assert.ok(figures.p99Ms <= 400, `p99 ${figures.p99Ms} ms`);
      await redis.command("CONFIG", "SET", "maxmemory", "0");
      await whenAnswers(b, "auth:alice", null);
      await settled(a, b);
      await allAnswer([a, b], "auth:alice", null);
      return `A refuses at once and says "${full.unverifiedBecause}"; ${figures.answered} of ${figures.asked} calls settled, 99 % within ${figures.p99Ms} ms; B refuses once there is room`;
    },
  );
});
