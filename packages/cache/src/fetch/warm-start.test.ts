import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@holdfast/testkit";
import { stand } from "./testing/stand.js";

const keys = Array.from({ length: 10_000 }, (_, index) => `auth:user-${index}`);

void test("10,000 stale answers of an earlier run are given at once and refreshed at the limiter's rate", async () => {
  const { clock, tiers, source, counting, fetch } = stand(manualClock());
  for (const key of keys)
    tiers.local.set(key, tiers.found("old", { ageMs: 70_000, inherited: true }));
  source.replies = () => "new";
  for (let second = 0; second <= 20; second += 1) {
    const answers = keys.map((key) => fetch(key, { ttlMs: 600_000 }));
    assert.equal((await Promise.all(answers)).length, keys.length);
    assert.equal(source.calls.length, 10 + 10 * second);
    clock.advance(1_000);
  }
  assert.equal(counting.of("refreshed stale"), 210);
  assert.ok(counting.of("limited") > 0);
});

void test("refreshes ahead of what an earlier run left behind are limited too", async () => {
  const { tiers, source, fetch } = stand(manualClock(), { limiter: { perSecond: 1, burst: 3 } });
  for (const key of keys.slice(0, 100))
    tiers.local.set(key, tiers.found("old", { ageMs: 50_000, inherited: true }));
  await Promise.all(keys.slice(0, 100).map((key) => fetch(key)));
  assert.equal(source.calls.length, 3);
});

void test("when Redis is lost, the source is called no more often than before plus the limiter's rate", async () => {
  const seconds = 60;
  const calls = async (redisUp: boolean): Promise<number> => {
    let drawn = 0;
    const random = (): number => (drawn = (drawn + 0.618_034) % 1);
    const { clock, tiers, source, fetch } = stand(manualClock(), { random });
    for (const [index, key] of keys.entries()) {
      tiers.local.set(key, tiers.found("v", { ageMs: index * 30, ttlMs: 300_000 }));
    }
    tiers.isVerified = redisUp;
    source.replies = () => "new";
    for (let second = 0; second < seconds; second += 1) {
      const reads = Array.from(
        { length: 2_000 },
        (_, index) => keys[(second * 2_000 + index) % keys.length] ?? "",
      );
      await Promise.all(reads.map((key) => fetch(key, { ttlMs: 300_000 })));
      clock.advance(1_000);
    }
    return source.calls.length;
  };
  const [alive, lost] = [await calls(true), await calls(false)];
  assert.ok(alive > 0);
  assert.ok(lost <= alive + 10 * seconds, `${lost} calls without Redis, ${alive} with it`);
});

void test("an unverified fresh answer is asked about once per recheck time, however often it is read", async () => {
  const { clock, tiers, source, counting, fetch, settle } = stand(manualClock());
  tiers.local.set("k", tiers.found("v", { ttlMs: 3_600_000 }));
  tiers.isVerified = false;
  const readFor = async (ms: number): Promise<number> => {
    const before = source.calls.length;
    for (let passed = 0; passed < ms; passed += 1_000) {
      const answer = await fetch("k", { ttlMs: 3_600_000 });
      assert.deepEqual([answer.age, answer.currency], ["fresh", "unverified"]);
      clock.advance(1_000);
    }
    return source.calls.length - before;
  };
  assert.equal(await readFor(60_000), 0);
  assert.equal(await readFor(1_000), 1);
  source.last.fail(new Error("down"));
  await settle();
  assert.equal(await readFor(58_000), 0, "a recheck in vain counts as one");
  assert.equal(await readFor(3_000), 1);
  source.last.answer("v");
  await settle();
  assert.equal(await readFor(56_000), 0);
  assert.equal(counting.of("refreshed recheck"), 2);
});

void test("a short outage of Redis asks nobody anything", async () => {
  const { clock, tiers, source, fetch } = stand(manualClock());
  for (const key of keys.slice(0, 100)) tiers.local.set(key, tiers.found("v"));
  tiers.isVerified = false;
  clock.advance(20_000);
  await Promise.all(keys.slice(0, 100).map((key) => fetch(key)));
  assert.equal(source.calls.length, 0);
});
