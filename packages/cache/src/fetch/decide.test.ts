import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Decision, decide, isAlive, isQuiet, type Situation } from "./decide.js";
import { plainPolicy } from "./testing/stand.js";
import type { Found } from "./tiers.js";

const nowMs = 1_000_000;

/** A copy with a TTL of 60 s, refreshed ahead from 45 s on, and a grace of 600 s. */
function copy(ageMs: number, more: Partial<Found> = {}): Found {
  const storedAtMs = nowMs - ageMs;
  return {
    value: "v",
    kind: "copy",
    layer: "memory",
    storedAtMs,
    freshUntilMs: storedAtMs + 60_000,
    goneAtMs: storedAtMs + 660_000,
    inherited: false,
    ...more,
  };
}

function situation(more: Partial<Situation>): Situation {
  return {
    found: undefined,
    nowMs,
    policy: plainPolicy,
    verified: true,
    servable: true,
    backoffUntilMs: 0,
    recheckAtMs: Number.POSITIVE_INFINITY,
    loading: false,
    token: true,
    ...more,
  };
}

const early = copy(1_000);
const late = copy(45_000);
const stale = copy(60_000);
const gone = copy(660_000);
const negative = (ageMs: number): Found =>
  copy(ageMs, { kind: "negative", value: null, goneAtMs: nowMs - ageMs + 60_000 });
const write = copy(45_000, { kind: "write", goneAtMs: nowMs + 15_000 });
const inherited = (found: Found): Found => ({ ...found, inherited: true });
const noWait = { ...plainPolicy, softDeadlineMs: 0 };
const doubtful = { verified: false, recheckAtMs: nowMs };

/** Decisions in short: what is done, and what goes on behind it. */
function inShort(decision: Decision): string {
  if (decision.t === "load") return decision.look ? "look, load" : "load";
  if (decision.t === "wait") return "wait";
  const { background } = decision;
  const behind =
    background.t === "refresh"
      ? `${background.reason}${background.takesToken ? " for a token" : ""}`
      : background.t;
  return `${decision.age}${decision.inVain ? " in vain" : ""}, ${behind}`;
}

const table: readonly (readonly [string, Partial<Situation>, string])[] = [
  ["nothing found", {}, "look, load"],
  ["gone", { found: gone }, "look, load"],
  ["a negative past its TTL", { found: negative(60_000) }, "look, load"],
  ["not servable, fresh", { found: early, servable: false, verified: false }, "load"],
  ["not servable, stale", { found: stale, servable: false, verified: false }, "load"],
  ["not servable, nothing", { servable: false, verified: false }, "load"],
  ["fresh", { found: early }, "fresh, none"],
  ["fresh, just before the refresh", { found: copy(44_999) }, "fresh, none"],
  ["past refresh ahead", { found: late }, "fresh, ahead"],
  ["past refresh ahead, no token", { found: late, token: false }, "fresh, ahead"],
  ["past refresh ahead, loading", { found: late, loading: true }, "fresh, none"],
  ["past refresh ahead, source failed", { found: late, backoffUntilMs: nowMs + 1 }, "fresh, none"],
  [
    "past refresh ahead, source failed long ago",
    { found: late, backoffUntilMs: nowMs },
    "fresh, ahead",
  ],
  [
    "past refresh ahead, never ahead",
    { found: copy(59_999), policy: { ...plainPolicy, refreshAhead: 1 } },
    "fresh, none",
  ],
  ["past refresh ahead, inherited", { found: inherited(late) }, "fresh, ahead for a token"],
  [
    "past refresh ahead, inherited, no token",
    { found: inherited(late), token: false },
    "fresh, limited",
  ],
  ["past refresh ahead, a write", { found: write }, "fresh, none"],
  ["past refresh ahead, a negative", { found: negative(50_000) }, "fresh, none"],
  [
    "unverified, recheck not due",
    { found: early, verified: false, recheckAtMs: nowMs + 1 },
    "fresh, none",
  ],
  ["unverified, recheck due", { found: early, ...doubtful }, "fresh, recheck for a token"],
  [
    "unverified, recheck due, no token",
    { found: early, ...doubtful, token: false },
    "fresh, limited",
  ],
  ["unverified, recheck due, loading", { found: early, ...doubtful, loading: true }, "fresh, none"],
  [
    "unverified, recheck due, source failed",
    { found: early, ...doubtful, backoffUntilMs: nowMs + 1 },
    "fresh, none",
  ],
  ["unverified, recheck due, past refresh ahead", { found: late, ...doubtful }, "fresh, ahead"],
  [
    "unverified, recheck due, a negative",
    { found: negative(1), ...doubtful },
    "fresh, recheck for a token",
  ],
  ["unverified, recheck due, a write", { found: write, ...doubtful }, "fresh, none"],
  ["stale", { found: stale }, "wait"],
  ["stale, unverified", { found: stale, ...doubtful }, "wait"],
  ["stale, loading", { found: stale, loading: true }, "wait"],
  ["stale, no token", { found: stale, token: false }, "wait"],
  ["stale, source failed", { found: stale, backoffUntilMs: nowMs + 1 }, "stale in vain, none"],
  [
    "stale, source failed, loading",
    { found: stale, backoffUntilMs: nowMs + 1, loading: true },
    "stale in vain, none",
  ],
  ["stale, nobody waits", { found: stale, policy: noWait }, "stale, stale"],
  ["stale, nobody waits, loading", { found: stale, policy: noWait, loading: true }, "stale, none"],
  ["stale, inherited", { found: inherited(stale) }, "stale, stale for a token"],
  ["stale, inherited, no token", { found: inherited(stale), token: false }, "stale, limited"],
  ["stale, inherited, loading", { found: inherited(stale), loading: true }, "stale, none"],
  [
    "stale, inherited, source failed",
    { found: inherited(stale), backoffUntilMs: nowMs + 1 },
    "stale in vain, none",
  ],
  ["from a clock far ahead", { found: copy(-120_000) }, "wait"],
];

for (const [name, more, expected] of table) {
  void test(`${name}: ${expected}`, () => {
    assert.equal(inShort(decide(situation(more))), expected);
  });
}

const anySituation = fc
  .record({
    ageMs: fc.constantFrom(
      null,
      0,
      1,
      29_999,
      44_999,
      45_000,
      59_999,
      60_000,
      100_000,
      659_999,
      660_000,
    ),
    kind: fc.constantFrom<Found["kind"]>("copy", "write", "negative"),
    inherited: fc.boolean(),
    verified: fc.boolean(),
    servable: fc.boolean(),
    loading: fc.boolean(),
    token: fc.boolean(),
    backoffUntilMs: fc.constantFrom(0, nowMs, nowMs + 1),
    recheckAtMs: fc.constantFrom(nowMs - 1, nowMs, nowMs + 1),
    refreshAhead: fc.constantFrom(0.1, 0.75, 1),
    softDeadlineMs: fc.constantFrom(0, 200),
  })
  .map(({ ageMs, kind, refreshAhead, softDeadlineMs, ...more }): Situation => {
    const graceless = kind === "copy" || ageMs === null ? {} : { goneAtMs: nowMs - ageMs + 60_000 };
    const found =
      ageMs === null ? undefined : copy(ageMs, { kind, inherited: more.inherited, ...graceless });
    const policy = { ...plainPolicy, refreshAhead, softDeadlineMs };
    return situation({ ...more, servable: more.servable || more.verified, found, policy });
  });

void test("whatever the situation, the promises of fetch hold", () => {
  fc.assert(
    fc.property(anySituation, (given) => {
      const decision = decide(given);
      const { found } = given;
      const usable = given.servable && found !== undefined && isAlive(found, nowMs);
      assert.equal(
        decision.t === "load",
        !usable,
        "only what is alive and servable is given, and it always is",
      );
      if (decision.t === "wait") {
        assert.ok(
          found !== undefined && nowMs >= found.freshUntilMs,
          "nobody waits for a fresh answer",
        );
        assert.ok(!found.inherited, "nobody waits for what an earlier run left behind");
        assert.ok(nowMs >= given.backoffUntilMs, "nobody waits for a source that has just failed");
      }
      if (decision.t !== "answer") return;
      if (decision.inVain) assert.ok(decision.age === "stale" && nowMs < given.backoffUntilMs);
      if (decision.background.t === "none") return;
      assert.ok(
        !given.loading && nowMs >= given.backoffUntilMs,
        "one load at a time, and none just after a failure",
      );
      assert.notEqual(decision.found.kind, "write", "a write is nobody's copy");
      if (decision.background.t === "limited") assert.ok(!given.token);
      else if (decision.background.takesToken) assert.ok(given.token);
      else
        assert.ok(
          !decision.found.inherited && decision.background.reason !== "recheck",
          "a herd is limited",
        );
    }),
    { numRuns: 5_000 },
  );
});

void test("a quiet answer is one that decide gives with nothing behind it", () => {
  fc.assert(
    fc.property(anySituation, (given) => {
      const { found, policy, verified } = given;
      if (found === undefined || !given.servable || !isQuiet(found, policy, { nowMs, verified }))
        return;
      const decision = decide({ ...given, recheckAtMs: found.storedAtMs + policy.recheckMs / 2 });
      assert.equal(inShort(decision), "fresh, none");
    }),
    { numRuns: 5_000 },
  );
});
