import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@holdfast/testkit";
import { stand } from "./testing/stand.js";

void test("a stale answer waits for the source until the soft deadline, and the load goes on", async () => {
  const { clock, tiers, source, fetch, settle } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  let answered = false;
  const answer = fetch("k").finally(() => {
    answered = true;
  });
  await clock.elapse(199);
  assert.equal(answered, false);
  await clock.elapse(1);
  const { value, age, ageMs, failure } = await answer;
  assert.deepEqual([value, age, ageMs], ["old", "stale", 70_200]);
  assert.ok(failure instanceof Error && "code" in failure && failure.code === "deadline");
  await clock.elapse(1_000);
  source.last.answer("new");
  await settle();
  assert.deepEqual([(await fetch("k")).value, source.calls.length], ["new", 1]);
});

void test("a source that answers before the soft deadline is preferred to the stale answer", async () => {
  const { clock, tiers, source, counting, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  const answers = [fetch("k"), fetch("k")];
  await clock.elapse(100);
  source.last.answer("new");
  for (const answer of await Promise.all(answers))
    assert.deepEqual([answer.value, answer.source], ["new", "upstream"]);
  assert.deepEqual(
    [source.calls.length, counting.of("refreshed stale"), tiers.sharedReads],
    [1, 1, 0],
  );
  assert.equal(clock.pendingTimers(), 0, "who waits no more leaves no timer behind");
});

void test("the soft deadline counts from the beginning of the load", async () => {
  const { clock, tiers, fetch, counting } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  const first = fetch("k");
  await clock.elapse(150);
  const second = fetch("k");
  await clock.elapse(50);
  assert.deepEqual([(await first).value, (await second).value], ["old", "old"]);
  const third = await fetch("k");
  assert.deepEqual([third.value, third.age], ["old", "stale"]);
  assert.equal(counting.of("answered memory stale"), 3);
});

void test("callers with soft deadlines of their own are answered each at its own", async () => {
  const { clock, tiers, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  const order: number[] = [];
  const answers = [300, 100, 200, 100].map(async (softDeadlineMs) => {
    await fetch("k", { softDeadlineMs });
    order.push(softDeadlineMs);
  });
  for (const expected of [
    [100, 100],
    [100, 100, 200],
    [100, 100, 200, 300],
  ]) {
    await clock.elapse(100);
    assert.deepEqual(order, expected);
  }
  await Promise.all(answers);
});

void test("after a failed load the stale answer is given at once and the source left alone", async () => {
  const { clock, tiers, source, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  const cause = new Error("down");
  source.replies = () => Promise.reject(cause);
  const first = await fetch("k");
  assert.deepEqual([first.value, first.age], ["old", "stale"]);
  const { failure } = first;
  assert.ok(failure instanceof Error && failure.cause === cause);
  for (let reads = 0; reads < 5; reads += 1) {
    clock.advance(999);
    const answer = await fetch("k");
    assert.deepEqual([answer.value, answer.failure], ["old", failure]);
  }
  assert.equal(source.calls.length, 1);
  clock.advance(5);
  source.replies = () => "new";
  assert.equal((await fetch("k")).value, "new");
  assert.equal(source.calls.length, 2);
});

void test("the retry time varies by half to either side", async () => {
  for (const [drawn, untilMs] of [
    [0, 2_500],
    [0.9, 7_000],
  ] as const) {
    const { clock, tiers, source, fetch } = stand(manualClock(), { random: () => drawn });
    tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
    source.replies = () => Promise.reject(new Error("down"));
    await fetch("k");
    clock.advance(untilMs - 1);
    await fetch("k");
    assert.equal(source.calls.length, 1);
    clock.advance(1);
    await fetch("k");
    assert.equal(source.calls.length, 2);
  }
});

void test("a success ends the retry time", async () => {
  const { tiers, source, clock, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  source.replies = () => Promise.reject(new Error("down"));
  await fetch("k");
  tiers.remove("k");
  source.replies = () => "new";
  assert.equal((await fetch("k", { ttlMs: 100 })).value, "new");
  clock.advance(100);
  source.replies = () => "newer";
  assert.equal((await fetch("k")).value, "newer");
});

void test("with nothing at hand every call may ask, even just after a failure", async () => {
  const { source, fetch } = stand(manualClock());
  source.replies = () => Promise.reject(new Error("down"));
  for (let calls = 1; calls <= 3; calls += 1) {
    await assert.rejects(fetch("k"), { code: "unavailable" });
    assert.equal(source.calls.length, calls);
  }
});

void test("a source that hangs past the hard deadline counts as failed", async () => {
  const { clock, tiers, source, counting, fetch, fetcher } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  const answer = fetch("k");
  await clock.elapse(5_000);
  assert.equal((await answer).value, "old");
  assert.deepEqual(
    [fetcher.inFlight, tiers.flights.size, counting.of("loaded deadline")],
    [0, 0, 1],
  );
  assert.equal(source.last.load.signal.aborted, true);
  const next = await fetch("k");
  assert.ok(next.failure instanceof Error && /within 5000 ms/.test(next.failure.message));
  assert.equal(source.calls.length, 1);
});

void test("past its grace an answer does not stand in any more", async () => {
  const { clock, tiers, source, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000, graceMs: 11_000 }));
  const answer = fetch("k", { softDeadlineMs: 2_000 });
  await clock.elapse(1_500);
  source.last.fail(new Error("down"));
  await assert.rejects(answer, { code: "unavailable" });
});

void test("a removal takes the stale answer from those who already wait", async () => {
  const { clock, tiers, source, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  const answer = fetch("k");
  await clock.elapse(100);
  tiers.remove("k");
  await clock.elapse(500);
  source.last.answer("before the removal");
  await clock.elapse(0);
  source.last.answer("after the removal");
  assert.deepEqual([(await answer).value, source.calls.length], ["after the removal", 2]);
});

void test("what a caller waits with loses its currency with the namespace's", async () => {
  const { clock, tiers, source, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  const answer = fetch("k");
  tiers.isVerified = false;
  tiers.isServable = false;
  await clock.elapse(500);
  source.last.fail(new Error("down"));
  await assert.rejects(answer, { code: "unavailable" });
});

void test("a negative answer is never stale", async () => {
  const { clock, tiers, source, fetch } = stand(manualClock());
  source.replies = () => null;
  const first = await fetch("net:none");
  assert.deepEqual([first.value, first.source, first.age], [null, "upstream", "fresh"]);
  clock.advance(9_999);
  assert.deepEqual([(await fetch("net:none")).source, source.calls.length], ["memory", 1]);
  clock.advance(1);
  source.replies = () => Promise.reject(new Error("down"));
  await assert.rejects(fetch("net:none"), { code: "unavailable" });
  assert.deepEqual(tiers.kept, [{ value: null, ttlMs: 10_000, graceMs: 0, tags: [] }]);
});

void test("a negative answer past its TTL does not stand in, whatever the layers still hold", async () => {
  const { tiers, source, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found(null, { kind: "negative", ageMs: 20_000, ttlMs: 10_000 }));
  source.replies = () => Promise.reject(new Error("down"));
  await assert.rejects(fetch("k"), { code: "unavailable" });
});

void test("a negative TTL of zero keeps nothing", async () => {
  const { tiers, source, counting, fetch } = stand(manualClock());
  source.replies = () => null;
  assert.equal((await fetch("k", { negativeTtlMs: 0 })).value, null);
  assert.deepEqual([tiers.kept.length, counting.of("loaded negative")], [0, 1]);
});

void test("layers that fail leave nobody waiting", async () => {
  const { clock, tiers, source, fetch } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 70_000 }));
  const answer = fetch("k");
  tiers.readLocal = () => {
    throw new Error("a defect below");
  };
  await clock.elapse(200);
  source.last.fail(new Error("down"));
  await assert.rejects(answer, { code: "unavailable" });
});
