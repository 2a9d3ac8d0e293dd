import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@holdfast/testkit";
import type { LoadTerms } from "../cache-contract.js";
import { CacheError } from "../cache-error.js";
import { answerToKeep, type TermBounds } from "./terms.js";
import { plainPolicy, stand } from "./testing/stand.js";

const bounds: TermBounds = { policy: plainPolicy, horizonMs: 1_000_000, random: () => 0.5 };

void test("without terms an answer is kept as the policy says", () => {
  const policy = { ...plainPolicy, tags: ["realm:a"] };
  const expected = { value: 1, ttlMs: 60_000, graceMs: 600_000, tags: ["realm:a"] };
  assert.deepEqual(answerToKeep(1, [], { ...bounds, policy }), expected);
});

void test("each field overrides the policy's, and what is said last counts", () => {
  const policy = { ...plainPolicy, tags: ["realm:a"] };
  const said = [
    { ttlMs: 1_000, tags: ["b"] },
    { ttlMs: 2_000, graceMs: undefined },
    { graceMs: 0 },
  ];
  const expected = { value: 1, ttlMs: 2_000, graceMs: 0, tags: ["b"] };
  assert.deepEqual(answerToKeep(1, said, { ...bounds, policy }), expected);
});

void test("jitter makes an answer fresh for less time, never for more", () => {
  for (const [drawn, ttlMs] of [
    [0, 60_000],
    [0.5, 57_000],
    [0.999_999, 54_000],
  ] as const) {
    const given = { ...bounds, policy: { ...plainPolicy, jitter: 0.1 }, random: () => drawn };
    assert.equal(answerToKeep(1, [], given)?.ttlMs, ttlMs);
  }
});

void test("the policy's grace gives way where a longer TTL needs the room", () => {
  assert.deepEqual(answerToKeep(1, [{ ttlMs: 900_000 }], bounds), {
    value: 1,
    ttlMs: 900_000,
    graceMs: 100_000,
    tags: [],
  });
});

void test("terms can shorten how long a negative answer holds, not lengthen it", () => {
  assert.equal(answerToKeep(null, [{ ttlMs: 500, graceMs: 5_000 }], bounds)?.ttlMs, 500);
  assert.deepEqual(answerToKeep(null, [{ ttlMs: 50_000 }], bounds), {
    value: null,
    ttlMs: 10_000,
    graceMs: 0,
    tags: [],
  });
});

const bad: readonly (readonly [unknown, string])[] = [
  [{ ttlMs: 0 }, "ttlMs"],
  [{ ttlMs: -1 }, "ttlMs"],
  [{ ttlMs: Number.NaN }, "ttlMs"],
  [{ ttlMs: Number.POSITIVE_INFINITY }, "ttlMs"],
  [{ ttlMs: 1_000_001 }, "ttlMs"],
  [{ ttlMs: "60" }, "ttlMs"],
  [{ graceMs: -1 }, "graceMs"],
  [{ graceMs: Number.NaN }, "graceMs"],
  [{ graceMs: null }, "graceMs"],
  [{ ttlMs: 900_000, graceMs: 100_001 }, "graceMs"],
  [{ store: "no" }, "store"],
  [{ tags: "realm" }, "tags"],
  [{ tags: [""] }, "tags[0]"],
  [{ tags: Array.from({ length: 17 }, (_, index) => `t${index}`) }, "tags"],
  [{ ttl: 5 }, "ttl"],
  [null, "terms"],
  ["60s", "terms"],
];

for (const [terms, argument] of bad) {
  const code = argument.startsWith("tags") ? "invalid-tag" : "invalid-option";
  void test(`${JSON.stringify(terms)} is refused as ${argument}`, () => {
    assert.throws(() => answerToKeep(1, [terms], bounds), { code, argument });
    assert.throws(() => answerToKeep(null, [terms], bounds), { code, argument });
  });
}

void test("bad terms reach those who wait, and nothing is kept", async () => {
  const { fetcher, tiers, counting } = stand(manualClock());
  const answer = fetcher.fetch("k", async (load) => {
    load.keep({ ttlMs: -5 });
    return "v";
  });
  await assert.rejects(answer, { code: "invalid-option", argument: "ttlMs", message: /ttlMs -5/ });
  assert.deepEqual(
    [tiers.kept.length, tiers.flights.size, counting.of("loaded failed")],
    [0, 0, 1],
  );
});

void test("the horizon of the key bounds what a loader may ask for", async () => {
  const { fetcher } = stand(manualClock(), {
    horizonMs: (key) => (key === "short" ? 1_000 : 10_000),
  });
  const load = (key: string): Promise<unknown> =>
    fetcher.fetch(key, async (asked) => {
      asked.keep({ ttlMs: 5_000, graceMs: 0 });
      return "v";
    });
  await load("long");
  await assert.rejects(load("short"), { argument: "ttlMs" });
});

void test("an answer that is not to be stored is handed to all who wait and not kept", async () => {
  const { source, tiers, fetch } = stand(manualClock());
  source.replies = (load) => {
    load.keep({ store: false });
    return { code: [1] };
  };
  const [first, second] = await Promise.all([fetch("otp"), fetch("otp")]);
  assert.deepEqual(
    [first?.value, first?.source, source.calls.length],
    [{ code: [1] }, "upstream", 1],
  );
  assert.throws(() => Object.assign(first?.value ?? {}, { code: 2 }), TypeError);
  assert.deepEqual([second?.value, tiers.kept.length], [{ code: [1] }, 0]);
  await fetch("otp");
  assert.equal(source.calls.length, 2);
});

void test("values that can be changed are each caller's own", async () => {
  for (const store of [true, false]) {
    for (const copyOnRead of [true, false]) {
      const { source, fetch } = stand(manualClock(), { copyOnRead: () => copyOnRead });
      source.replies = (load) => {
        load.keep({ store });
        return { until: new Date(5), plan: { name: "gold" } };
      };
      const answers = await Promise.all([fetch("k"), fetch("k"), fetch("k")]);
      for (const [index, { value }] of answers.entries()) {
        assert.deepEqual(value, { until: new Date(5), plan: { name: "gold" } });
        for (const other of answers.slice(index + 1)) assert.notEqual(value, other.value);
      }
      const shared = await Promise.all(["a", "b"].map(() => fetch("k2")));
      assert.equal(Object.isFrozen(shared[1]?.value), !copyOnRead);
    }
  }
});

void test("values that nobody can change are shared", async () => {
  const { source, fetch } = stand(manualClock());
  source.replies = (load) => {
    load.keep({ store: false });
    return { plan: { name: "gold" } };
  };
  const [first, second] = await Promise.all([fetch("k"), fetch("k")]);
  assert.equal(first?.value, second?.value);
});

void test("what cannot be carried is refused whether it is to be stored or not", async () => {
  const { fetcher, tiers } = stand(manualClock());
  const answers = (value: unknown, terms: LoadTerms): Promise<unknown> =>
    fetcher.fetch("k", async (load) => {
      load.keep(terms);
      return value;
    });
  await assert.rejects(answers(undefined, {}), { code: "invalid-value", argument: "value" });
  await assert.rejects(answers(undefined, { store: false }), { code: "invalid-value" });
  await assert.rejects(answers({ f: () => 1 }, { store: false }), { code: "invalid-value" });
  const refusal = new CacheError("invalid-value", "Cannot carry it", { argument: "value" });
  tiers.refusal = refusal;
  await assert.rejects(answers(1, {}), refusal);
  tiers.refusal = new TypeError("a defect below");
  await assert.rejects(answers(1, {}), { code: "unavailable" });
  assert.deepEqual([tiers.kept.length, tiers.flights.size], [0, 0]);
});

void test("terms said in one call of the loader do not hold for the next", async () => {
  const { source, tiers, fetch, settle } = stand(manualClock());
  const answer = fetch("k");
  await settle();
  source.last.load.keep({ ttlMs: 1 });
  tiers.remove("k");
  source.last.answer("before");
  await settle();
  source.last.answer("after");
  await answer;
  assert.equal(tiers.kept[0]?.ttlMs, 60_000);
});
