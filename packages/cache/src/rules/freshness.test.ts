import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ageOf, agesOf } from "./freshness.js";

const lifetime = { ttlMs: 1000, graceMs: 5000, jitter: 0, refreshAhead: 0.75 };

void test("an answer is fresh until its TTL, stale within its grace, then gone", () => {
  const ages = { storedAtMs: 100, ...agesOf(100, lifetime, () => 0.5) };
  assert.deepEqual(ages, { storedAtMs: 100, refreshAtMs: 850, freshUntilMs: 1100, goneAtMs: 6100 });
  const rows: readonly [number, string][] = [
    [100, "fresh"],
    [1099, "fresh"],
    [1100, "stale"],
    [6099, "stale"],
    [6100, "gone"],
    [1e15, "gone"],
  ];
  for (const [now, age] of rows) assert.equal(ageOf(ages, now), age, `${now}`);
});

void test("without a grace nothing is ever stale, jitter or not", () => {
  const ages = { storedAtMs: 0, ...agesOf(0, { ...lifetime, graceMs: 0, jitter: 0.5 }, () => 0.9) };
  assert.equal(ages.freshUntilMs, ages.goneAtMs);
});

void test("an entry from before the clock was set back is stale with a grace and gone without", () => {
  const stored = 3_600_000;
  const graced = { storedAtMs: stored, ...agesOf(stored, lifetime, () => 0) };
  const plain = { storedAtMs: stored, ...agesOf(stored, { ...lifetime, graceMs: 0 }, () => 0) };
  assert.equal(ageOf(graced, 0), "stale");
  assert.equal(ageOf(plain, 0), "gone");
  assert.equal(ageOf(plain, stored - 60_000), "fresh");
});

void test("jitter only shortens, and the ages come in order", () => {
  const lifetimes = fc.record({
    ttlMs: fc.integer({ min: 1, max: 3_888_000_000 }),
    graceMs: fc.integer({ min: 0, max: 3_888_000_000 }),
    jitter: fc.double({ min: 0, max: 0.5, noNaN: true }),
    refreshAhead: fc.double({ min: 0.1, max: 1, noNaN: true }),
  });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(lifetimes, random, fc.integer({ min: 0, max: 2e12 }), (life, part, stored) => {
      const ages = agesOf(stored, life, () => part);
      assert.ok(stored <= ages.refreshAtMs && ages.refreshAtMs <= ages.freshUntilMs);
      assert.ok(stored < ages.freshUntilMs && ages.freshUntilMs <= ages.goneAtMs);
      assert.ok(ages.freshUntilMs <= stored + life.ttlMs);
      assert.ok(ages.freshUntilMs >= stored + Math.floor(life.ttlMs / 2));
      assert.ok(ages.goneAtMs <= stored + life.ttlMs + life.graceMs);
    }),
  );
});
