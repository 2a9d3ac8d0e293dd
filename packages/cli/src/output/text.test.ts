import assert from "node:assert/strict";
import { test } from "node:test";
import type { ControlStatus } from "@holdfast/control";
import type { DecisionAnswer, VerdictAnswer } from "../client/control-client.js";
import { revocationText } from "../commands/revoke.js";
import { decisionText } from "./decision-text.js";
import { statusText } from "./status-text.js";

const allow: VerdictAnswer = {
  decision: "allow",
  attributes: {},
  source: "upstream",
  age: "fresh",
  ageMs: 12,
  currency: "verified",
  reason: "upstream",
  detail: null,
};

const table: readonly [DecisionAnswer, string][] = [
  [allow, "allow  u  from upstream; fresh, 0.0 s old; verified"],
  [
    { ...allow, source: "memory" },
    "allow  u  from memory (upstream not asked); fresh, 0.0 s old; verified",
  ],
  [
    {
      ...allow,
      source: "sqlite",
      age: "stale",
      ageMs: 90_000,
      detail: "silence",
      attributes: { a: 1 },
    },
    "allow  u  from sqlite (standing in for the upstream); stale, 90 s old; verified\n       a=1\n       because: silence",
  ],
  [
    { ...allow, decision: "deny", source: "sqlite", reason: "revoked", currency: "unverified" },
    "deny  u  from sqlite; revoked 0.0 s ago; unverified",
  ],
  [
    { decision: "unavailable", reason: "upstream-deadline", detail: "no answer" },
    "unavailable  u  nobody can say: no answer",
  ],
];

for (const [answer, text] of table) {
  void test(`a decision is told as "${text.split("\n")[0]}"`, () => {
    assert.equal(decisionText("u", answer), text);
  });
}

void test("a revocation that did not reach everywhere names where it did not", () => {
  const answer = {
    state: "revoked-in-part",
    realm: "r",
    user: "u",
    operation: "a:1",
    acknowledged: "all",
    confirmed: [],
    expired: [],
    unconfirmed: ["b", "c"],
    shortfall: null,
  } as const;
  assert.equal(
    revocationText(answer),
    "revoked in part  u  all; operation a:1; not confirmed by b, c",
  );
  assert.equal(
    revocationText({ ...answer, state: "revoked", acknowledged: "durable", unconfirmed: [] }),
    "revoked  u  durable (on this machine's disk); operation a:1",
  );
});

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const status: ControlStatus = {
  version: "1",
  pid: 7,
  realm: "r",
  nowMs,
  startedAtMs: nowMs - 60_000,
  dependencies: {
    upstream: {
      state: "down",
      sinceMs: nowMs - 30_000,
      lastAskedMs: nowMs - 2_000,
      reason: "silence",
    },
    redis: { state: "not-configured", sinceMs: 0, reason: null },
    disk: { state: "up", sinceMs: nowMs - 60_000, reason: null },
  },
  currency: { currency: "verified", unverifiedBecause: null, currencySinceMs: nowMs - 60_000 },
  cache: {
    memory: { entries: 3, bytes: 1, maxBytes: 2 },
    unpublished: 0,
    barriers: 0,
    members: [],
  },
  answers: {
    decisions: { allow: 5, deny: 1, unavailable: 0 },
    sources: { memory: 3, sqlite: 1, redis: 0, upstream: 2 },
    ages: { fresh: 4, stale: 2 },
    oldestServedMs: 21_000,
    saved: 4,
  },
  upstreamCalls: { asked: 3, failed: 1 },
};

void test("the status says state and since when of each dependency, and what was saved", () => {
  const up = {
    upstream: { mode: "down", asked: 1 },
    redis: null,
    control: { pid: 7, restarts: 2 },
  } as const;
  const text = statusText("http://x", status, up);
  assert.match(text, /^Holdfast 1 at http:\/\/x \(pid 7\)\nrealm r, running for 60 s$/m);
  assert.match(
    text,
    /^upstream +down +2026-01-02T03:03:35Z \(30 s\) +last asked 2\.0 s ago: silence$/m,
  );
  assert.match(text, /^Redis +not configured$/m);
  assert.match(text, /^disk +up +2026-01-02T03:03:05Z \(60 s\)$/m);
  assert.match(text, /^answered from +memory 3, sqlite 1, redis 0, upstream 2$/m);
  assert.match(text, /^answers +verified +.* nothing newer was missed$/m);
  assert.match(text, /^since 03:03:05Z$/m);
  assert.match(text, /^age +fresh 4, stale 2; the oldest copy was 21 s old$/m);
  assert.match(text, /^upstream calls +4 saved \(.*\), 3 made, 1 in vain$/m);
  assert.match(text, /^held in memory +3 entries$/m);
  assert.doesNotMatch(text, /not in Redis yet/);
  assert.ok(
    text.split("\n").every((line) => line.length <= 90),
    "every line fits a terminal",
  );
  assert.match(text, /^sample upstream +down, was asked 1 time in all$/m);
  assert.match(text, /^control plane +pid 7, started again 2 times$/m);
  assert.doesNotMatch(text, / $/m);
  assert.doesNotMatch(statusText("http://x", status, null), /holdfast up/);
});

void test("the status says with Redis what is not in it yet", () => {
  const redis = { state: "down", sinceMs: nowMs - 30_000, reason: "silence" } as const;
  const cut: ControlStatus = {
    ...status,
    dependencies: { ...status.dependencies, redis },
    currency: { ...status.currency, currency: "unverified", unverifiedBecause: "it is cut" },
    cache: { ...status.cache, unpublished: 1 },
  };
  const text = statusText("http://x", cut, null);
  assert.match(text, /^Redis +down +.* silence$/m);
  assert.match(text, /^answers +unverified +.* it is cut$/m);
  assert.match(text, /^not in Redis yet +1 write$/m);
});
