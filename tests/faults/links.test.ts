import assert from "node:assert/strict";
import { suite } from "node:test";
import type { FaultProxy } from "@holdfast/testkit";
import { type FaultFile, faultTest } from "./fault-test.js";
import { allAnswer, settled, unverified, whenAnswers } from "./states.js";

const file: FaultFile = { title: "The link to Redis breaks", url: import.meta.url };

const all = { acknowledge: "all" } as const;
const hour = 3_600;
/** What a get or a durable set may take on a busy machine; they wait for no Redis. */
const boundMs = 400;

interface LinkFault {
  readonly name: string;
  readonly begin: (proxy: FaultProxy) => void | Promise<void>;
}

const linkFaults: readonly LinkFault[] = [
  { name: "is cut", begin: (proxy) => proxy.cut() },
  { name: "is half-open", begin: (proxy) => proxy.halfOpen() },
  { name: "carries requests and loses the replies", begin: (proxy) => proxy.dropReplies() },
  { name: "loses the requests", begin: (proxy) => proxy.dropRequests() },
];

void suite(file.title, { concurrency: 2 }, () => {
  for (const { name, begin } of linkFaults) {
    void faultTest(
      file,
      {
        guarantees: ["R1", "R5"],
        fault: `B's link to Redis ${name} for 2 s under 200 gets and 20 sets a second`,
        holds: `while a link ${name} every get and set settles in time, and removals come through after it`,
      },
      async (lab) => {
        const redis = await lab.redis();
        const proxy = await lab.proxy(redis);
        const [a, b] = await lab.fleet(redis, proxy);
        await a.set("auth:alice", "ALLOW", hour, all);
        await b.set("auth:bob", "ALLOW", hour, all);
        await begin(proxy);
        const load = { forMs: 2_000, getsPerSecond: 200, setsPerSecond: 20, keys: 50 };
        const [figures] = await Promise.all([
          b.mixAtRate(load),
          a.delete("auth:alice"),
          b.delete("auth:bob"),
        ]);
        assert.equal(figures.answered, figures.asked);
        assert.ok(figures.p99Ms <= boundMs, `p99 ${figures.p99Ms} ms`);
        await unverified(b);
        const healedAtMs = performance.now();
        await proxy.heal();
        await whenAnswers(b, "auth:alice", null);
        await whenAnswers(a, "auth:bob", null);
        const tookMs = Math.round(performance.now() - healedAtMs);
        await settled(a, b);
        await allAnswer([a, b], "auth:alice", null);
        await allAnswer([a, b], "auth:bob", null);
        assert.equal(await a.get("mixed:0"), await b.get("mixed:0"));
        return (
          `${figures.answered} of ${figures.asked} calls settled, 99 % within ${figures.p99Ms} ms; ` +
          `both removals in force on both sides ${tookMs} ms after the end of the fault`
        );
      },
    );
  }

  const absences = ["stopped", "killed", "cut off"] as const;
  for (const absence of absences) {
    void faultTest(
      file,
      {
        guarantees: ["R1"],
        fault: `A revokes by key, pattern and namespace while B is ${absence}`,
        holds: `an instance that was ${absence} during a revocation refuses when it is back`,
      },
      async (lab) => {
        const redis = await lab.redis();
        const proxy = await lab.proxy(redis);
        const [a, b] = await lab.fleet(redis, proxy);
        const keys = ["auth:alice", "team:bob", "guest:carol"];
        for (const key of keys) {
          await a.set(key, "ALLOW", hour, all);
          assert.equal(await b.get(key), "ALLOW");
        }
        await b.fetch("auth:copied", "ALLOW");
        await b.set("gate:dora", "ALLOW", hour, all);
        if (absence === "stopped") await b.stop();
        if (absence === "killed") await b.kill();
        if (absence === "cut off") await proxy.cut();
        await a.delete("auth:alice");
        await a.invalidate({ glob: "team:*" });
        await a.invalidate({ namespace: "guest" });
        await a.delete("auth:copied");
        await a.delete("gate:dora");
        if (absence === "cut off") await proxy.heal();
        else await b.restart();
        await settled(a, b);
        for (const key of [...keys, "auth:copied", "gate:dora"]) await allAnswer([a, b], key, null);
        return "B refuses what was revoked, its writes and its copies, as soon as it is verified again";
      },
    );
  }

  void faultTest(
    file,
    {
      guarantees: ["R4"],
      fault: "B comes up without Redis and still holds what A has revoked since",
      holds:
        "where unverified answers are denied, nothing revoked is answered even before Redis is reached",
    },
    async (lab) => {
      const redis = await lab.redis();
      const proxy = await lab.proxy(redis);
      const [a, b] = await lab.fleet(redis, proxy);
      await a.set("gate:alice", "ALLOW", hour, all);
      await a.set("auth:alice", "ALLOW", hour, all);
      await b.kill();
      await proxy.cut();
      await a.delete("gate:alice");
      await a.delete("auth:alice");
      await b.restart();
      assert.equal(await b.get("gate:alice"), null);
      assert.equal((await b.status()).currency, "unverified");
      assert.equal(await b.get("auth:alice"), "ALLOW", "the limit that R4 names");
      await proxy.heal();
      await settled(a, b);
      await allAnswer([a, b], "gate:alice", null);
      await allAnswer([a, b], "auth:alice", null);
      return "refused at once under `deny`; under `serve` answered, unverified, until Redis is reached, which is the limit of R4";
    },
  );
});
