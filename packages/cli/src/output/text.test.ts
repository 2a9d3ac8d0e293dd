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
  assert.match(text, /^Holdfast 1 at http:\/\/x, realm r, running for 60 s \(pid 7\)$/m);
  assert.match(
    text,
    /^upstream +down +2026-01-02T03:03:35Z \(30 s\) +last asked 2\.0 s ago: silence$/m,
  );
  assert.match(text, /^Redis +not configured$/m);
  assert.match(text, /^disk +up +2026-01-02T03:03:05Z \(60 s\)$/m);
  assert.match(text, /^answered from +memory 3, sqlite 1, redis 0, upstream 2$/m);
  assert.match(text, /^age +fresh 4, stale 2, oldest copy served 21 s$/m);
  assert.match(text, /^upstream calls +4 saved, 3 made, 1 of them in vain$/m);
  assert.match(text, /^sample upstream +down, was asked 1 time in all$/m);
  assert.match(text, /^control plane +pid 7, started again 2 times$/m);
  assert.doesNotMatch(text, / $/m);
  assert.doesNotMatch(statusText("http://x", status, null), /holdfast up/);
});
