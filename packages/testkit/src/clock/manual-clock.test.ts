import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "./manual-clock.js";

void test("timers run in the order in which they fall due, each at its own time", () => {
  const clock = manualClock({ wallMs: 1_000, monotonicMs: 5 });
  const seen: string[] = [];
  clock.after(30, () => seen.push(`c at ${clock.monotonicMs()}`));
  clock.after(10, () => {
    seen.push(`a at ${clock.monotonicMs()}`);
    clock.after(10, () => seen.push(`b at ${clock.wallMs()}`));
  });
  clock.after(31, () => seen.push("too early"));
  clock.advance(30);
  assert.deepEqual(seen, ["a at 15", "b at 1020", "c at 35"]);
  assert.equal(clock.pendingTimers(), 1);
  assert.equal(clock.monotonicMs(), 35);
});

void test("timers of one time run in the order in which they were set, and a cancelled one never", () => {
  const clock = manualClock();
  const seen: number[] = [];
  clock.after(5, () => seen.push(1));
  const cancel = clock.after(5, () => seen.push(2));
  clock.after(5, () => seen.push(3));
  cancel();
  clock.advance(5);
  assert.deepEqual(seen, [1, 3]);
});

void test("a jump moves the wall clock alone", () => {
  const clock = manualClock({ wallMs: 1_000 });
  clock.jumpWall(-400);
  assert.deepEqual([clock.wallMs(), clock.monotonicMs()], [600, 0]);
  clock.advance(1);
  assert.deepEqual([clock.wallMs(), clock.monotonicMs()], [601, 1]);
});

void test("elapsing lets promises go on between timers", async () => {
  const clock = manualClock();
  const seen: number[] = [];
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const walk = async () => {
    for (let step = 0; step < 3; step += 1) {
      await sleep(10);
      seen.push(clock.monotonicMs());
    }
  };
  const walked = walk();
  await clock.elapse(30);
  await walked;
  assert.deepEqual(seen, [10, 20, 30]);
});
