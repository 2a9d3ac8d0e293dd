import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manualClock } from "@holdfast/testkit";
import { CacheError } from "../cache-error.js";
import { stand } from "./testing/stand.js";

void describe("an answer at hand", () => {
  void test("a fresh verified answer is given without asking anybody", async () => {
    const { tiers, source, counting, fetch } = stand(manualClock());
    tiers.local.set("auth:alice", tiers.found("allow", { ageMs: 1_000, layer: "sqlite" }));
    const expected = {
      value: "allow",
      source: "sqlite",
      age: "fresh",
      ageMs: 1_000,
      currency: "verified",
    };
    assert.deepEqual(await fetch("auth:alice"), expected);
    assert.equal(source.calls.length + tiers.sharedReads, 0);
    assert.equal(counting.of("answered sqlite fresh"), 1);
    assert.equal(counting.of("saved"), 1);
  });

  void test("past the refresh-ahead part of its TTL it is given and refreshed once in the background", async () => {
    const { tiers, source, counting, fetch, settle } = stand(manualClock());
    tiers.local.set("k", tiers.found("old", { ageMs: 45_000 }));
    for (let reads = 0; reads < 10; reads += 1) assert.equal((await fetch("k")).value, "old");
    assert.equal(source.calls.length, 1);
    assert.equal(counting.of("refreshed ahead"), 1);
    assert.equal(counting.of("saved"), 9);
    source.last.answer("new");
    await settle();
    assert.equal((await fetch("k")).value, "new");
    assert.equal(counting.of("loaded ok"), 1);
  });

  void test("a failed refresh ahead is not tried again before the retry time", async () => {
    const { clock, tiers, source, fetch, settle } = stand(manualClock());
    tiers.local.set("k", tiers.found("old", { ageMs: 45_000 }));
    assert.equal((await fetch("k")).value, "old");
    source.last.fail(new Error("down"));
    await settle();
    const answer = await fetch("k");
    assert.deepEqual([answer.value, answer.age, "failure" in answer], ["old", "fresh", false]);
    assert.equal(source.calls.length, 1);
    clock.advance(5_000);
    await fetch("k");
    assert.equal(source.calls.length, 2);
  });

  void test("a write is neither refreshed ahead nor asked about while it is unverified", async () => {
    const { clock, tiers, source, fetch } = stand(manualClock());
    tiers.write("k", "mine", 100_000);
    tiers.isVerified = false;
    clock.advance(99_000);
    const answer = await fetch("k");
    assert.deepEqual([answer.value, answer.currency], ["mine", "unverified"]);
    assert.equal(source.calls.length, 0);
  });

  void test("what may not be served is loaded although it is fresh", async () => {
    const { tiers, source, fetch } = stand(manualClock());
    tiers.local.set("k", tiers.found("allow"));
    tiers.isVerified = false;
    tiers.isServable = false;
    source.replies = () => "deny";
    const answer = await fetch("k");
    assert.deepEqual(
      [answer.value, answer.source, answer.currency],
      ["deny", "upstream", "unverified"],
    );
    assert.equal(tiers.sharedReads, 0);
  });

  void test("what may not be served does not stand in for a source that fails", async () => {
    const { tiers, source, fetch } = stand(manualClock());
    tiers.local.set("k", tiers.found("allow"));
    tiers.isVerified = false;
    tiers.isServable = false;
    source.replies = () => Promise.reject(new Error("down"));
    await assert.rejects(fetch("k"), { name: "CacheError", code: "unavailable" });
  });
});

void describe("nothing at hand", () => {
  void test("Redis is asked before the source", async () => {
    const { tiers, source, counting, fetch } = stand(manualClock());
    tiers.shared.set("k", tiers.found("theirs", { layer: "redis", ageMs: 10 }));
    const answer = await fetch("k");
    assert.deepEqual([answer.value, answer.source, answer.ageMs], ["theirs", "redis", 10]);
    assert.equal(source.calls.length, 0);
    assert.equal(counting.of("saved"), 1);
  });

  void test("what Redis has is refreshed in the background where it is old enough", async () => {
    const { tiers, source, counting, fetch, fetcher, settle } = stand(manualClock());
    tiers.shared.set("k", tiers.found("theirs", { layer: "redis", ageMs: 50_000 }));
    const answers = await Promise.all([fetch("k"), fetch("k")]);
    assert.deepEqual(
      answers.map((answer) => answer.value),
      ["theirs", "theirs"],
    );
    assert.deepEqual([source.calls.length, counting.of("refreshed ahead")], [1, 1]);
    source.last.answer("new");
    await settle();
    assert.deepEqual([(await fetch("k")).value, fetcher.inFlight], ["new", 0]);
  });

  void test("a stale answer from Redis is given at the soft deadline", async () => {
    const { clock, tiers, source, fetch } = stand(manualClock());
    tiers.shared.set("k", tiers.found("theirs", { layer: "redis", ageMs: 70_000 }));
    const answer = fetch("k");
    await clock.elapse(200);
    assert.deepEqual([(await answer).value, (await answer).age], ["theirs", "stale"]);
    assert.equal(source.calls.length, 1);
  });

  void test("a removal while Redis is asked makes its answer worthless", async () => {
    const { tiers, source, fetch, settle } = stand(manualClock());
    let reply: (found: ReturnType<typeof tiers.found>) => void = () => {};
    tiers.sharedReply = () => new Promise((resolve) => (reply = resolve));
    const answer = fetch("k");
    tiers.remove("k");
    reply(tiers.found("removed", { layer: "redis" }));
    await settle();
    source.last.answer("after");
    assert.equal((await answer).value, "after");
  });

  void test("a Redis that fails is as one that has nothing", async () => {
    const { tiers, source, fetch } = stand(manualClock());
    tiers.sharedReply = () => Promise.reject(new Error("gone"));
    source.replies = () => "loaded";
    assert.equal((await fetch("k")).value, "loaded");
  });

  void test("1,000 callers of one cold key cause one load", async () => {
    const { source, tiers, counting, fetch, fetcher, settle } = stand(manualClock());
    const answers = Array.from({ length: 1_000 }, () => fetch("k"));
    assert.equal(fetcher.inFlight, 1);
    await settle();
    source.last.answer({ plan: "gold" });
    for (const answer of await Promise.all(answers)) {
      assert.deepEqual(
        [answer.value, answer.source, answer.age],
        [{ plan: "gold" }, "upstream", "fresh"],
      );
    }
    assert.deepEqual(
      [source.calls.length, tiers.sharedReads, tiers.flights.size, fetcher.inFlight],
      [1, 1, 0, 0],
    );
    assert.equal(counting.of("saved"), 999);
  });

  void test("a loader that rejects rejects all who wait, and the next caller loads anew", async () => {
    const { source, fetch, settle } = stand(manualClock());
    const answers = [fetch("k"), fetch("k")];
    await settle();
    const cause = new Error("down");
    source.last.fail(cause);
    for (const answer of answers)
      await assert.rejects(answer, { code: "unavailable", retryable: true, cause });
    source.replies = () => "back";
    assert.equal((await fetch("k")).value, "back");
  });

  void test("a loader may throw at once or answer without a promise", async () => {
    const { fetcher } = stand(manualClock());
    const cause = new TypeError("no such thing");
    const throws = (): never => {
      throw cause;
    };
    await assert.rejects(fetcher.fetch("k", throws), { code: "unavailable", cause });
    const plain: unknown = () => 7;
    assert.ok(isLoader(plain));
    assert.equal((await fetcher.fetch("k", plain)).value, 7);
  });

  void test("a loader that is no function is refused", async () => {
    const { fetcher } = stand(manualClock());
    const loader: unknown = "load";
    if (isLoader(loader)) assert.fail();
    const fetch = (key: string, given: () => Promise<number>) => fetcher.fetch(key, given);
    // As callers without types do it.
    const call = async (): Promise<unknown> => Reflect.apply(fetch, undefined, ["k", loader]);
    await assert.rejects(call, { code: "invalid-option", argument: "loader" });
  });

  void test("a policy that is refused rejects the call", async () => {
    const refusal = new CacheError("invalid-option", "Cannot use ttlMs -1", { argument: "ttlMs" });
    const { fetch } = stand(manualClock(), {
      policyFor() {
        throw refusal;
      },
    });
    await assert.rejects(fetch("k"), refusal);
  });
});

function isLoader(value: unknown): value is () => Promise<unknown> {
  return typeof value === "function";
}
