import assert from "node:assert/strict";
import { setTimeout as passing } from "node:timers/promises";
import { type FaultFile, faultTest } from "./fault-test.js";
import { allAnswer, settled, unverified } from "./states.js";

const file: FaultFile = { title: "Redis stands still", url: import.meta.url };

void faultTest(
  file,
  {
    guarantees: ["R2", "R5"],
    fault: "Redis is stopped by SIGSTOP for 5 s under 500 gets and 50 durable sets a second",
    holds: "a frozen Redis leaves no get and no set without an answer",
  },
  async (lab) => {
    const redis = await lab.redis();
    const [a, b] = await lab.fleet(redis, redis);
    await a.mixAtRate({ forMs: 500, getsPerSecond: 500, setsPerSecond: 50, keys: 200 });
    const running = a.mixAtRate({ forMs: 6_000, getsPerSecond: 500, setsPerSecond: 50, keys: 200 });
    redis.freeze();
    try {
      await unverified(a);
      await passing(5_000);
    } finally {
      redis.thaw();
    }
    const figures = await running;
    assert.equal(figures.answered, figures.asked);
    assert.ok(figures.p99Ms <= 400, `p99 ${figures.p99Ms} ms`);
    await settled(a, b);
    for (const key of ["mixed:0", "mixed:11", "mixed:22"]) {
      await allAnswer([b], key, await a.get(key));
    }
    return `${figures.answered} of ${figures.asked} answered, 99 % within ${figures.p99Ms} ms; all sets reach B afterwards`;
  },
);
