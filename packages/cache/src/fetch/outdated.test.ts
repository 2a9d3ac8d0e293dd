import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@holdfast/testkit";
import { stand } from "./testing/stand.js";

void test("an answer that a removal overtook is given to nobody, and the source is asked anew", async () => {
  const { tiers, source, counting, fetch, settle } = stand(manualClock());
  const before = fetch("k");
  await settle();
  tiers.remove("k");
  const after = fetch("k");
  source.last.answer("before the removal");
  await settle();
  source.last.answer("after the removal");
  assert.deepEqual(
    [(await before).value, (await after).value],
    ["after the removal", "after the removal"],
  );
  assert.deepEqual(
    [source.calls.length, counting.of("loaded outdated"), counting.of("loaded ok")],
    [2, 1, 1],
  );
  assert.deepEqual(
    tiers.kept.map(({ value }) => value),
    ["after the removal"],
  );
});

void test("a removal that comes after the loader has resolved, but before anybody was told, counts", async () => {
  const { tiers, source, fetch, settle } = stand(manualClock());
  const answer = fetch("k");
  await settle();
  source.last.answer("before");
  tiers.remove("k");
  await settle();
  source.last.answer("after");
  assert.equal((await answer).value, "after");
});

void test("an answer that is not kept is worth nothing after a removal either", async () => {
  const { tiers, source, fetch, settle } = stand(manualClock());
  const answer = fetch("k");
  await settle();
  source.last.load.keep({ store: false });
  source.last.answer("before");
  tiers.remove("k");
  await settle();
  source.last.answer("after");
  assert.equal((await answer).value, "after");
});

void test("the source is asked anew three times, then the callers are told to come again", async () => {
  const { tiers, source, counting, fetch, fetcher, settle } = stand(manualClock());
  const rejected = assert.rejects(fetch("k"), { code: "outdated", retryable: true });
  for (let removals = 0; removals < 4; removals += 1) {
    await settle();
    tiers.remove("k");
    source.last.answer(removals);
  }
  await rejected;
  assert.deepEqual([source.calls.length, counting.of("loaded outdated")], [4, 4]);
  assert.deepEqual([fetcher.inFlight, tiers.flights.size, tiers.kept.length], [0, 0, 0]);
  source.replies = () => "calm";
  assert.equal((await fetch("k")).value, "calm");
});

void test("a caller who joins an overtaken load has it told to stop, and no second call runs beside it", async () => {
  const { tiers, source, fetch, settle } = stand(manualClock());
  const before = fetch("k");
  await settle();
  const doomed = source.last;
  tiers.remove("k");
  assert.equal(doomed.load.signal.aborted, false);
  const after = fetch("k");
  assert.equal(doomed.load.signal.aborted, true);
  await settle();
  assert.equal(source.calls.length, 1);
  doomed.fail(doomed.load.signal.reason);
  await settle();
  source.last.answer("after");
  assert.deepEqual(
    [(await before).value, (await after).value, source.calls.length],
    ["after", "after", 2],
  );
});

void test("a failure is a failure, overtaken or not", async () => {
  const { tiers, source, fetch, settle } = stand(manualClock());
  const answer = fetch("k");
  await settle();
  tiers.remove("k");
  source.last.fail(new Error("down"));
  await assert.rejects(answer, { code: "unavailable" });
  assert.equal(source.calls.length, 1);
});

void test("a refresh in the background that a removal overtook is dropped without another call", async () => {
  const { tiers, source, fetch, fetcher, settle } = stand(manualClock());
  tiers.local.set("k", tiers.found("old", { ageMs: 50_000 }));
  await fetch("k");
  tiers.remove("k");
  source.last.answer("before");
  await settle();
  assert.deepEqual(
    [source.calls.length, tiers.kept.length, fetcher.inFlight, tiers.flights.size],
    [1, 0, 0, 0],
  );
});

void test("a write that overtakes a load is its answer", async () => {
  const { tiers, source, counting, fetch, settle } = stand(manualClock());
  const answer = fetch("k");
  await settle();
  tiers.write("k", "written", 60_000);
  source.last.answer("loaded");
  assert.deepEqual([(await answer).value, (await answer).source], ["written", "memory"]);
  assert.deepEqual([source.calls.length, counting.of("saved")], [1, 0]);
});

void test("all calls for one answer share its hard deadline", async () => {
  const { clock, tiers, source, fetch } = stand(manualClock());
  const rejected = assert.rejects(fetch("k"), { code: "deadline" });
  await clock.elapse(4_000);
  tiers.remove("k");
  source.last.answer("before");
  await clock.elapse(999);
  assert.equal(source.calls.length, 2);
  await clock.elapse(1);
  await rejected;
});
