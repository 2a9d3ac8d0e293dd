import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@holdfast/testkit";
import { AnswerWatch, stallAfterMs } from "./answer-watch.js";
import { holdOffMs } from "./hold-off.js";
import { retryDelayMs } from "./redis-client.js";

function watched() {
  const clock = manualClock();
  let timeouts = 0;
  const watch = new AnswerWatch({
    clock,
    timeoutMs: 50,
    stalls: true,
    onTimeout: () => {
      timeouts += 1;
      watch.failAll((act) => new Error(`Cannot ${act}`));
    },
  });
  return { clock, watch, timeouts: () => timeouts };
}

function answerLater() {
  let answer: (value: number) => void = () => undefined;
  const promise = new Promise<number>((resolve) => {
    answer = resolve;
  });
  return { promise, answer };
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

void test("the oldest call that runs out of time takes all others with it", async () => {
  const { clock, watch, timeouts } = watched();
  const silence = answerLater();
  const first = assert.rejects(
    watch.track("read", () => silence.promise),
    /^Error: Cannot read$/,
  );
  clock.advance(30);
  await turnOfTheLoop();
  const second = assert.rejects(
    watch.track("write", () => silence.promise),
    /Cannot write/,
  );
  clock.advance(20);
  await turnOfTheLoop();
  await Promise.all([first, second]);
  assert.equal(timeouts(), 1);
  assert.equal(clock.pendingTimers(), 0);
});

void test("a connection stalls while its oldest call waits far longer than usual, until an answer comes", async () => {
  const { clock, watch, timeouts } = watched();
  const late = answerLater();
  const call = watch.track("read", () => late.promise);
  assert.equal(watch.stalled, false);
  clock.advance(10);
  await turnOfTheLoop();
  assert.equal(watch.stalled, true);
  late.answer(7);
  assert.equal(await call, 7);
  assert.equal(watch.stalled, false);
  clock.advance(1_000);
  await turnOfTheLoop();
  assert.equal(timeouts(), 0);
});

void test("an answer that lay there while the process was paused counts", async () => {
  const { clock, watch, timeouts } = watched();
  const late = answerLater();
  const call = watch.track("read", () => late.promise);
  clock.advance(500);
  late.answer(7);
  await turnOfTheLoop();
  assert.equal(await call, 7);
  assert.equal(timeouts(), 0);
});

void test("a server that was paused with this process has a little time to answer, once", async () => {
  const { clock, watch, timeouts } = watched();
  const late = answerLater();
  const call = watch.track("read", () => late.promise);
  clock.advance(500);
  await turnOfTheLoop();
  assert.deepEqual([timeouts(), watch.stalled], [0, false]);
  late.answer(7);
  assert.equal(await call, 7);

  const failed = assert.rejects(watch.track("read", () => answerLater().promise));
  clock.advance(500);
  await turnOfTheLoop();
  clock.advance(10);
  await turnOfTheLoop();
  await failed;
  assert.equal(timeouts(), 1);
});

void test("a connection that is slow by nature does not stall before its time is up", () => {
  assert.equal(stallAfterMs(0.1, 50), 10);
  assert.equal(stallAfterMs(5, 50), 20);
  assert.equal(stallAfterMs(30, 50), 50);
});

void test("a connection that times out again and again is left alone longer and longer", () => {
  const holdOff = { leastMs: 250, mostMs: 2_000 };
  let lastMs = 0;
  const pauses = [0, 100, 100, 100, 100, 10_000].map((upForMs) => {
    lastMs = holdOffMs(holdOff, lastMs, upForMs);
    return lastMs;
  });
  assert.deepEqual(pauses, [250, 500, 1_000, 2_000, 2_000, 250]);
});

void test("attempts to connect come at most 500 ms apart, and not in step", () => {
  const highest = [1, 2, 3, 4, 5, 50].map((attempt) => retryDelayMs(attempt, 500, () => 1));
  assert.deepEqual(highest, [50, 100, 200, 400, 500, 500]);
  assert.equal(
    retryDelayMs(50, 500, () => 0),
    250,
  );
});
