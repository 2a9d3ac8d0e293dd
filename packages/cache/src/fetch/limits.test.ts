import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@holdfast/testkit";
import { CacheError } from "../cache-error.js";
import { stand } from "./testing/stand.js";

void test("a load ends at the hard deadline, and what comes later is dropped", async () => {
  const { clock, tiers, source, fetch, fetcher, settle } = stand(manualClock());
  const rejected = [fetch("k"), fetch("k")].map((answer) =>
    assert.rejects(answer, { code: "deadline", retryable: true }),
  );
  await clock.elapse(5_000);
  await Promise.all(rejected);
  const [reason, late] = [source.last.load.signal.reason, source.last];
  assert.ok(reason instanceof CacheError && reason.code === "deadline");
  const next = fetch("k");
  await settle();
  late.answer("too late");
  await settle();
  assert.deepEqual([tiers.kept.length, fetcher.inFlight], [0, 1]);
  source.last.answer("in time");
  assert.equal((await next).value, "in time");
});

void test("an answer that lay ready while the program was stopped past the deadline is dropped", async () => {
  const clock = manualClock();
  let stoppedForMs = 0;
  const { tiers, source, fetch, settle } = stand({
    ...clock,
    monotonicMs: () => clock.monotonicMs() + stoppedForMs,
  });
  const answer = fetch("k");
  await settle();
  stoppedForMs = 3_600_000;
  source.last.answer("an hour old");
  await assert.rejects(answer, { code: "deadline" });
  assert.equal(tiers.kept.length, 0);
});

void test("a Redis that hangs does not outlast the hard deadline", async () => {
  const { clock, tiers, source, fetch, fetcher } = stand(manualClock());
  tiers.sharedReply = () => new Promise(() => {});
  const rejected = assert.rejects(fetch("k"), { code: "deadline" });
  await clock.elapse(5_000);
  await rejected;
  assert.deepEqual([fetcher.inFlight, tiers.flights.size, source.calls.length], [0, 0, 0]);
});

void test("beyond the bound of loads callers are refused at once, and stale answers given", async () => {
  const { tiers, source, fetch, fetcher, settle } = stand(manualClock(), { maxFlights: 2 });
  const [first] = [fetch("a"), fetch("b")];
  assert.equal(fetcher.inFlight, 2);
  await assert.rejects(fetch("c"), { code: "unavailable", retryable: true });
  tiers.local.set("d", tiers.found("old", { ageMs: 70_000 }));
  assert.deepEqual([(await fetch("d")).value, fetcher.inFlight], ["old", 2]);
  tiers.local.set("e", tiers.found("young", { ageMs: 50_000 }));
  assert.deepEqual([(await fetch("e")).value, fetcher.inFlight], ["young", 2]);
  const joined = fetch("a");
  await settle();
  for (const call of source.calls) call.answer("loaded");
  assert.deepEqual([(await first)?.value, (await joined).value], ["loaded", "loaded"]);
  const next = fetch("c");
  await settle();
  source.last.answer("room again");
  assert.equal((await next).value, "room again");
});

void test("stop aborts the loads and rejects who waits and who comes later", async () => {
  const { tiers, source, fetch, fetcher, settle } = stand(manualClock());
  tiers.local.set("stale", tiers.found("old", { ageMs: 70_000 }));
  const answers = [fetch("k"), fetch("k"), fetch("stale")];
  await settle();
  const rejected = answers.map((answer) =>
    assert.rejects(answer, { code: "stopped", retryable: false }),
  );
  await fetcher.stop();
  await Promise.all(rejected);
  assert.deepEqual([fetcher.inFlight, tiers.flights.size], [0, 0]);
  assert.ok(source.calls.every((call) => call.load.signal.aborted));
  for (const call of source.calls) call.answer("after the end");
  await settle();
  assert.equal(tiers.kept.length, 0);
  await assert.rejects(fetch("stale"), { code: "stopped" });
  await fetcher.stop();
});

void test("a loader that stops the cache as it is called leaves nobody waiting", async () => {
  const { fetcher } = stand(manualClock());
  const answer = fetcher.fetch("k", async () => {
    await fetcher.stop();
    return "never";
  });
  await assert.rejects(answer, { code: "stopped" });
});

void test("a loader that fetches its own key ends at the deadline", async () => {
  const { clock, fetcher } = stand(manualClock());
  const answer = fetcher.fetch(
    "k",
    async () => (await fetcher.fetch("k", async () => "inner")).value,
  );
  const rejected = assert.rejects(answer, { code: "deadline" });
  await clock.elapse(5_000);
  await rejected;
});

void test("who listens to the signal may fetch the key again", async () => {
  const { clock, fetcher, settle, source } = stand(manualClock());
  const again = new Promise((resolve, reject) => {
    const first = fetcher.fetch("k", ({ signal }) => {
      signal.addEventListener("abort", () => resolve(fetcher.fetch("k", source.loader)));
      return new Promise(() => {});
    });
    first.then(reject, (error: unknown) => assert.ok(error instanceof CacheError));
  });
  await clock.elapse(5_000);
  await settle();
  source.last.answer("second");
  const expected = {
    value: "second",
    source: "upstream",
    age: "fresh",
    ageMs: 0,
    currency: "verified",
  };
  assert.deepEqual(await again, expected);
});

void test("options out of bounds are refused by name", () => {
  for (const [options, argument] of [
    [{ maxFlights: 0 }, "maxFlights"],
    [{ maxAskingTimes: Number.NaN }, "maxAskingTimes"],
    [{ limiter: { perSecond: 0 } }, "limiter.perSecond"],
    [{ limiter: { burst: 0.5 } }, "limiter.burst"],
  ] as const) {
    assert.throws(() => stand(manualClock(), options), { code: "invalid-option", argument });
  }
});
