import assert from "node:assert/strict";
import { suite } from "node:test";
import { type FaultFile, faultTest } from "./fault-test.js";
import { allAnswer, settled, unverified, whenAnswers, whenStatus } from "./states.js";

const file: FaultFile = { title: "Redis is lost", url: import.meta.url };

const all = { acknowledge: "all" } as const;
const hour = 3_600;

void suite(file.title, { concurrency: 2 }, () => {
  void faultTest(
    file,
    {
      guarantees: ["R3", "R5"],
      fault: "Redis is killed -9 right after a write on A that all three instances confirmed",
      holds: "what all have confirmed is answered by every instance from its own disk",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b, c] = await lab.fleet(redis, redis, redis);
      const receipt = await a.set("auth:alice", "ALLOW", hour, all);
      assert.equal(receipt.acknowledged, "all", JSON.stringify(receipt));
      assert.equal(receipt.confirmed?.length, 3);
      await redis.kill();
      assert.equal(await b.get("auth:alice"), "ALLOW");
      assert.equal(await b.metric("holdfast_cache_hits_total", { layer: "sqlite" }), 1);
      await Promise.all([b.restart(), c.restart()]);
      for (const instance of [b, c]) {
        assert.equal((await instance.peek("auth:alice"))?.layer, "sqlite");
        assert.equal(await instance.get("auth:alice"), "ALLOW");
      }
      return "B answers it from SQLite without Redis, and B and C do so after a kill -9 of their own";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R4"],
      fault: "Redis is killed -9 between writes on A that are durable there",
      holds: "an instance that missed a durable write may lag or miss, and never goes back",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b] = await lab.fleet(redis, redis);
      let seen = 0;
      for (let number = 1; number <= 40; number += 1) {
        if (number === 30) await redis.kill();
        const receipt = await a.set("gate:door", number, hour);
        assert.equal(receipt.acknowledged, "durable");
        const answer = await b.get<number>("gate:door");
        assert.ok(answer === null || answer >= seen, `${answer} after ${seen}`);
        seen = answer ?? seen;
      }
      assert.ok(seen > 0, "B saw none of the writes");
      await unverified(b);
      assert.equal(await b.get("gate:door"), null);
      await Promise.all([a.restart(), b.restart()]);
      await redis.start();
      await settled(a, b);
      await Promise.all([a, b].map((instance) => whenAnswers(instance, "gate:door", 40)));
      return "B answers an earlier write or nothing, never an older one than before; the last one once Redis is back";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault: "Redis comes back empty; C was stopped meanwhile and still holds what was removed",
      holds: "an empty Redis is told again what was set and what was removed",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b, c] = await lab.fleet(redis, redis, redis);
      await a.set("auth:stays", "ALLOW", hour, all);
      await a.set("auth:goes", "ALLOW", hour, all);
      await a.set("gate:goes", "ALLOW", hour, all);
      const before = (await a.status()).generation?.ordinal ?? 0;
      await c.kill();
      await a.delete("auth:goes", { acknowledge: "shared" });
      await a.invalidate({ glob: "gate:*" }, { acknowledge: "shared" });
      await redis.restart();
      await c.restart();
      assert.equal(await c.get("gate:goes"), null);
      await whenStatus(a, ({ generation }) => (generation?.ordinal ?? 0) > before);
      const newcomer = await lab.instance(redis);
      const everyone = [a, b, c, newcomer];
      await settled(...everyone);
      await allAnswer(everyone, "auth:stays", "ALLOW");
      await allAnswer(everyone, "auth:goes", null);
      await allAnswer(everyone, "gate:goes", null);
      return "a new generation; what was set is answered by all, a newcomer included, what was removed by none";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1"],
      fault: "Redis is restored from a snapshot taken before a revocation, and a newcomer joins",
      holds: "a Redis restored from an older snapshot brings no revoked answer back",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b, c] = await lab.fleet(redis, redis, redis);
      await a.set("auth:alice", "ALLOW", hour, all);
      await a.set("gate:alice", "ALLOW", hour, all);
      const before = (await a.status()).generation?.ordinal ?? 0;
      const snapshot = await redis.saveRdb();
      await a.delete("auth:alice", all);
      await b.set("auth:alice", "DENY", hour, all);
      await a.delete("gate:alice", all);
      await redis.restoreRdb(snapshot);
      const newcomer = await lab.instance(redis);
      const everyone = [a, b, c, newcomer];
      await whenStatus(newcomer, ({ generation }) => (generation?.ordinal ?? 0) > before);
      await settled(...everyone);
      await allAnswer(everyone, "auth:alice", "DENY");
      await allAnswer(everyone, "gate:alice", null);
      return "a new generation; all answer the denial that the snapshot did not hold, the newcomer too";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1"],
      fault:
        "Redis is restored from a snapshot older than a revocation; he who revoked is gone, and a newcomer's " +
        "writes make the log as long as it was before B, who knows of it, looks again",
      holds: "a log that looks as it did is not taken for the one that was known",
    },
    async (lab) => {
      const redis = await lab.redis();
      const proxy = await lab.proxy(redis);
      const [a, b] = await lab.fleet(redis, proxy);
      await a.set("auth:alice", "ALLOW", hour, all);
      const snapshot = await redis.saveRdb();
      await a.delete("auth:alice", all);
      await proxy.cut();
      await a.kill();
      await redis.restoreRdb(snapshot);
      const newcomer = await lab.instance(redis);
      for (const value of [1, 2, 3]) {
        await newcomer.set("auth:other", value, hour, { acknowledge: "shared" });
      }
      await proxy.heal();
      await settled(b, newcomer);
      await allAnswer([b, newcomer], "auth:alice", null);
      await allAnswer([b, newcomer], "auth:other", 3);
      return "the server is known by its identity, whatever its log shows; B says what it knows, the newcomer refuses too";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault: "the master dies, and a replica that never got the last writes is promoted",
      holds: "a failover that lost the last writes loses neither a removal nor a set",
    },
    async (lab) => {
      const pair = await lab.pair();
      const proxy = await lab.proxy(pair.master);
      const [a, b] = await lab.fleet(proxy, proxy);
      await a.set("auth:alice", "ALLOW", hour, all);
      const replicated = await a.set("auth:seen", "ALLOW", hour, { acknowledge: "shared" });
      assert.equal(replicated.replicas, 1, JSON.stringify(replicated));
      await pair.link.cut();
      await a.delete("auth:alice", { acknowledge: "shared" });
      await a.set("auth:bob", "ALLOW", hour, { acknowledge: "shared" });
      const before = (await a.status()).generation?.ordinal ?? 0;
      await pair.promote();
      await pair.master.kill();
      proxy.redirect(pair.replica);
      const newcomer = await lab.instance(proxy);
      const everyone = [a, b, newcomer];
      await whenStatus(newcomer, ({ generation }) => (generation?.ordinal ?? 0) > before);
      await settled(...everyone);
      await allAnswer(everyone, "auth:alice", null);
      await allAnswer(everyone, "auth:bob", "ALLOW");
      await allAnswer(everyone, "auth:seen", "ALLOW");
      return "a new generation on the replica; the removal and the set that it had never got are in force everywhere";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R4", "R5"],
      fault: "two masters are alive: A and C use one, B the other; then B returns to the first",
      holds: "while two masters live each side keeps its own removals, and united all keep both",
    },
    async (lab) => {
      const pair = await lab.pair();
      const proxy = await lab.proxy(pair.master);
      const [a, b, c] = await lab.fleet(pair.master, proxy, pair.master);
      for (const key of ["auth:one", "auth:two", "auth:three"])
        await a.set(key, "ALLOW", hour, all);
      await pair.link.cut();
      await pair.promote();
      proxy.redirect(pair.replica);
      const [{ generation: here }, { generation: there }] = await Promise.all([
        whenStatus(a, ({ redis }) => redis.state === "up"),
        whenStatus(b, ({ generation, redis }) => redis.state === "up" && generation !== null),
      ]);
      assert.ok(here !== null && there !== null);
      await a.delete("auth:one", { acknowledge: "shared" });
      await b.delete("auth:two", { acknowledge: "shared" });
      await b.set("auth:four", "ALLOW", hour, { acknowledge: "shared" });
      await whenAnswers(c, "auth:one", null);
      assert.equal(await b.get("auth:two"), null);
      assert.equal(await a.get("auth:two"), "ALLOW", "the limit that the guarantees name");
      proxy.redirect(pair.master);
      await settled(a, b, c);
      await whenAnswers(a, "auth:four", "ALLOW");
      await settled(a, b, c);
      for (const key of ["auth:one", "auth:two"]) await allAnswer([a, b, c], key, null);
      for (const key of ["auth:three", "auth:four"]) await allAnswer([a, b, c], key, "ALLOW");
      return "each side obeys its own removals only, which is the limit of R4; a moment after they are one again, all obey both";
    },
  );
});
