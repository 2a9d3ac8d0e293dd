import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RefreshLimiter } from "./refresh-limiter.js";

void test("the burst can be taken at once, and the rate after it", () => {
  const limiter = new RefreshLimiter({ perSecond: 10, burst: 3 }, 0);
  const taken = (nowMs: number): number => {
    let count = 0;
    while (limiter.take(nowMs)) count += 1;
    return count;
  };
  assert.deepEqual([0, 99, 100, 250, 300, 10_000].map(taken), [3, 0, 1, 1, 1, 3]);
});

void test("no interval sees more than the burst and the rate", () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200, size: "max" });
  fc.assert(
    fc.property(pauses, (each) => {
      const limiter = new RefreshLimiter({ perSecond: 10, burst: 10 }, 0);
      let [nowMs, taken] = [0, 0];
      for (const pauseMs of each) {
        nowMs += pauseMs;
        if (limiter.take(nowMs)) taken += 1;
        assert.ok(taken <= 10 + nowMs / 100);
      }
    }),
  );
});

void test("a time before the last one brings nothing", () => {
  const limiter = new RefreshLimiter({ perSecond: 1_000, burst: 1 }, 1_000);
  assert.ok(limiter.take(1_000));
  assert.equal(limiter.hasToken(0), false);
  assert.equal(limiter.hasToken(1_000), false);
  assert.equal(limiter.hasToken(1_001), true);
});
