import assert from "node:assert/strict";
import { faultTest } from "./fault-test.js";
import { runHerd } from "./herd.js";

// A tenth of the full size in keys and in time, so that each key is read as often in its TTL; the
// full size is in tests/soak.
const scale = { keys: 1_000, readsPerSecond: 2_000, ttlMs: 6_000, deadMs: 6_000 };

void faultTest(
  import.meta.url,
  {
    guarantees: ["R2"],
    fault: "Redis is dead for 6 s under 2,000 reads a second of 1,000 keys that are fresh for 6 s",
    holds:
      "no herd goes upstream when Redis goes: its calls grow by no more than the limiter lets through",
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
