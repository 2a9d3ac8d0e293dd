import assert from "node:assert/strict";
import { faultTest } from "../faults/fault-test.js";
import { runHerd } from "../faults/herd.js";

const scale = { keys: 10_000, readsPerSecond: 2_000, ttlMs: 60_000, deadMs: 60_000 };

void faultTest(
  import.meta.url,
  {
    guarantees: ["R2"],
    fault:
      "Redis is dead for 60 s under 2,000 reads a second of 10,000 keys that are fresh for 60 s",
    holds: "in full size, no herd goes upstream when Redis goes",
    withinMs: 300_000,
  },
  async (lab) => {
    const figures = await runHerd(lab, scale);
    assert.equal(figures.unanswered, 0);
    assert.ok(figures.callsDead <= figures.allowed, JSON.stringify(figures));
    return (
      `${figures.callsDead} calls upstream without Redis, ${figures.callsAlive} at the same time with it, ` +
      `for ${figures.reads} reads each, all answered`
    );
  },
);
