import assert from "node:assert/strict";
import { test } from "node:test";
import { createDecisions } from "./decisions.js";
import { DecisionsError } from "./decisions-error.js";
import type { Question } from "./question.js";
import { FakeCache } from "./testing/fake-cache.js";
import type { Upstream, UpstreamVerdict } from "./upstream/upstream.js";

const fleetKey = Buffer.alloc(32, 7);
const alice: Question = { kind: "auth", realm: "default", user: "alice", secret: "right" };
const wrong: Question = { ...alice, secret: "wrong" };

class ScriptedUpstream implements Upstream {
  readonly asked: Question[] = [];
  answer: (question: Question) => Promise<UpstreamVerdict> = async ({ secret }) => ({
    decision: secret === "right" ? "allow" : "deny",
    attributes: secret === "right" ? { pool: "main" } : {},
  });

  ask(question: Question): Promise<UpstreamVerdict> {
    this.asked.push(question);
    return this.answer(question);
  }

  vanish(): void {
    this.answer = async () => {
      throw new DecisionsError("upstream-unavailable", "Cannot ask the upstream: gone");
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function setUp() {
  const cache = new FakeCache();
  const upstream = new ScriptedUpstream();
  const auth = { ttlMs: 60_000, graceMs: 3_600_000 };
  const clock = { wallMs: () => cache.nowMs };
  const decisions = createDecisions({ cache, upstream, fleetKey, auth, clock });
  return { cache, upstream, decisions };
}

void test("a first login is answered by the upstream, the next one from memory", async () => {
  const { decisions, upstream } = setUp();
  const first = await decisions.decide(alice);
  assert.equal(first.decision, "allow");
  assert.equal(first.source, "upstream");
  assert.deepEqual(first.attributes, { pool: "main" });
  const second = await decisions.decide(alice);
  assert.equal(second.decision, "allow");
  assert.equal(second.source, "memory");
  assert.equal(upstream.asked.length, 1);
  assert.equal(decisions.status().counts.saved, 1);
});

void test("the clear secret is nowhere in the cache", async () => {
  const { decisions, cache } = setUp();
  await decisions.decide(alice);
  assert.equal(cache.entries.size, 1);
  assert.doesNotMatch(JSON.stringify([...cache.entries]), /right/);
});

void test("a wrong secret is a question for the upstream and leaves the right one's copy alone", async () => {
  const { decisions, upstream } = setUp();
  await decisions.decide(alice);
  const denied = await decisions.decide(wrong);
  assert.equal(denied.decision, "deny");
  assert.equal(denied.source, "upstream");
  upstream.vanish();
  assert.equal((await decisions.decide(alice)).source, "memory");
});

void test("a wrong secret is unavailable, not denied, while the upstream is silent", async () => {
  const { decisions, upstream } = setUp();
  await decisions.decide(alice);
  upstream.vanish();
  const decision = await decisions.decide(wrong);
  assert.equal(decision.decision, "unavailable");
  assert.equal(decision.reason, "upstream-unavailable");
});

void test("who is not known is unavailable while the upstream is silent", async () => {
  const { decisions, upstream } = setUp();
  upstream.vanish();
  assert.equal((await decisions.decide(alice)).decision, "unavailable");
  assert.equal(decisions.status().upstream.t, "down");
});

void test("two secrets asked for at once on a cold key each get their own answer", async () => {
  const { decisions } = setUp();
  const [bad, good] = await Promise.all([decisions.decide(wrong), decisions.decide(alice)]);
  assert.equal(bad.decision, "deny");
  assert.equal(good.decision, "allow");
  assert.equal((await decisions.decide(alice)).source, "memory");
});

void test("a stale copy stands in for a silent upstream within its grace, then is gone", async () => {
  const { decisions, upstream, cache } = setUp();
  await decisions.decide(alice);
  upstream.vanish();
  cache.nowMs += 61_000;
  const stale = await decisions.decide(alice);
  assert.equal(stale.decision, "allow");
  assert.equal(stale.age, "stale");
  assert.equal(stale.ageMs, 61_000);
  assert.match(stale.detail ?? "", /gone/);
  cache.nowMs += 3_600_000;
  assert.equal((await decisions.decide(alice)).decision, "unavailable");
});

void test("a copy survives a restart", async () => {
  const { decisions, upstream, cache } = setUp();
  await decisions.decide(alice);
  upstream.vanish();
  cache.restart();
  assert.equal((await decisions.decide(alice)).source, "sqlite");
});

void test("a no from the upstream takes the copied yes away", async () => {
  const { decisions, upstream, cache } = setUp();
  await decisions.decide(alice);
  upstream.answer = async () => ({ decision: "deny", attributes: {} });
  cache.nowMs += 61_000;
  assert.equal((await decisions.decide(alice)).decision, "deny");
  assert.equal(cache.entries.size, 0);
  upstream.vanish();
  assert.equal((await decisions.decide(alice)).decision, "unavailable");
});

void test("a new secret that the upstream accepts replaces the old one", async () => {
  const { decisions, upstream } = setUp();
  await decisions.decide(alice);
  upstream.answer = async ({ secret }) => ({
    decision: secret === "new" ? "allow" : "deny",
    attributes: {},
  });
  const renewed: Question = { ...alice, secret: "new" };
  assert.equal((await decisions.decide(renewed)).source, "upstream");
  assert.equal((await decisions.decide(renewed)).source, "memory");
  assert.equal((await decisions.decide(alice)).decision, "deny");
});

void test("a revoked user is denied although the upstream still says yes, and dropping copies revives nobody", async () => {
  const { decisions, upstream, cache } = setUp();
  await decisions.decide(alice);
  await decisions.revoke(alice, { reason: "left the company" });
  const asked = upstream.asked.length;
  const refused = await decisions.decide(alice);
  assert.equal(refused.decision, "deny");
  assert.equal(refused.reason, "revoked");
  assert.equal(refused.detail, "left the company");
  await cache.delete("auth:default:alice");
  assert.equal((await decisions.decide(alice)).decision, "deny");
  assert.equal(upstream.asked.length, asked);
});

void test("a revocation during the upstream's answer wins over that answer", async () => {
  const { decisions, upstream } = setUp();
  const { promise, resolve } = deferred<UpstreamVerdict>();
  upstream.answer = () => promise;
  const deciding = decisions.decide(alice);
  await decisions.revoke(alice);
  resolve({ decision: "allow", attributes: {} });
  const decision = await deciding;
  assert.equal(decision.decision, "deny");
  assert.equal(decision.reason, "revoked");
});

void test("a revocation concerns one realm", async () => {
  const { decisions } = setUp();
  await decisions.revoke(alice);
  assert.equal((await decisions.decide({ ...alice, realm: "other" })).decision, "allow");
});

void test("the same question asked at once by many is asked upstream once", async () => {
  const { decisions, upstream } = setUp();
  await decisions.decide({ ...alice, secret: "right" });
  await Promise.all(Array.from({ length: 20 }, () => decisions.decide(wrong)));
  assert.equal(upstream.asked.length, 2);
});

void test("an upstream's own terms decide how long its answer is fresh", async () => {
  const { decisions, upstream, cache } = setUp();
  upstream.answer = async () => ({ decision: "allow", attributes: {}, ttlMs: 5_000, graceMs: 0 });
  await decisions.decide(alice);
  upstream.vanish();
  cache.nowMs += 4_999;
  assert.equal((await decisions.decide(alice)).age, "fresh");
  cache.nowMs += 2;
  assert.equal((await decisions.decide(alice)).decision, "unavailable");
});

for (const [what, change] of [
  ["an empty user", { user: "" }],
  ["a user of 257 bytes", { user: "é".repeat(128) + "x" }],
  ["a control character", { user: "a\nb" }],
  ["half a character", { user: "a\ud800" }],
  ["a realm with a colon", { realm: "a:b" }],
  ["an empty secret", { secret: "" }],
  ["a secret of 1,025 bytes", { secret: "s".repeat(1025) }],
] as const) {
  void test(`a question with ${what} is refused before anybody is asked`, async () => {
    const { decisions, upstream } = setUp();
    await assert.rejects(decisions.decide({ ...alice, ...change }), (error) => {
      assert.ok(error instanceof DecisionsError);
      assert.equal(error.code, "invalid-question");
      assert.match(error.message, /^Cannot decide: /);
      assert.doesNotMatch(error.message, /sss/);
      return true;
    });
    assert.equal(upstream.asked.length, 0);
  });
}

void test("a fleet key that is too short and a TTL out of bounds are refused with the value", () => {
  const { cache, upstream } = setUp();
  assert.throws(
    () => createDecisions({ cache, upstream, fleetKey: Buffer.alloc(31) }),
    /the fleet key has 31 bytes/,
  );
  assert.throws(
    () => createDecisions({ cache, upstream, fleetKey, auth: { ttlMs: 5 } }),
    /auth\.ttlMs is 5, it must be from 1000 to 86400000/,
  );
});

function deferred<T>() {
  let settle: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: (value: T) => settle(value) };
}
