import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Cache } from "@holdfast/cache";
import { createDecisions } from "./decisions.js";
import { DecisionsError } from "./decisions-error.js";
import type { Question } from "./question.js";
import { RealCache } from "./testing/real-cache.js";
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

async function setUp(t: TestContext) {
  const real = await RealCache.start(t);
  const { clock } = real;
  const upstream = new ScriptedUpstream();
  const auth = { ttlMs: 60_000, graceMs: 3_600_000, jitter: 0, refreshAhead: 1 };
  const over = (cache: Cache) =>
    createDecisions({ cache, upstream, fleetKey, auth: { ...auth, retryAfterMs: 0 }, clock });
  const restart = async () => over(await real.restart());
  return { cache: real.cache, clock, upstream, decisions: over(real.cache), restart };
}

void test("a first login is answered by the upstream, the next one from memory", async (t) => {
  const { decisions, upstream } = await setUp(t);
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

void test("the clear secret is nowhere in the cache", async (t) => {
  const { decisions, cache } = await setUp(t);
  await decisions.decide(alice);
  const held = await cache.peek("auth:default:alice");
  assert.equal(held?.kind, "copy");
  assert.doesNotMatch(JSON.stringify(held), /right/);
});

void test("a wrong secret is a question for the upstream and leaves the right one's copy alone", async (t) => {
  const { decisions, upstream } = await setUp(t);
  await decisions.decide(alice);
  const denied = await decisions.decide(wrong);
  assert.equal(denied.decision, "deny");
  assert.equal(denied.source, "upstream");
  upstream.vanish();
  assert.equal((await decisions.decide(alice)).source, "memory");
});

void test("a wrong secret is unavailable, not denied, while the upstream is silent", async (t) => {
  const { decisions, upstream } = await setUp(t);
  await decisions.decide(alice);
  upstream.vanish();
  const decision = await decisions.decide(wrong);
  assert.equal(decision.decision, "unavailable");
  assert.equal(decision.reason, "upstream-unavailable");
});

void test("who is not known is unavailable while the upstream is silent", async (t) => {
  const { decisions, upstream } = await setUp(t);
  upstream.vanish();
  assert.equal((await decisions.decide(alice)).decision, "unavailable");
  assert.equal(decisions.status().upstream.t, "down");
});

void test("two secrets asked for at once on a cold key each get their own answer", async (t) => {
  const { decisions } = await setUp(t);
  const [bad, good] = await Promise.all([decisions.decide(wrong), decisions.decide(alice)]);
  assert.equal(bad.decision, "deny");
  assert.equal(good.decision, "allow");
  assert.equal((await decisions.decide(alice)).source, "memory");
});

void test("a stale copy stands in for a silent upstream within its grace, then is gone", async (t) => {
  const { decisions, upstream, clock } = await setUp(t);
  await decisions.decide(alice);
  upstream.vanish();
  clock.pass(61_000);
  const stale = await decisions.decide(alice);
  assert.equal(stale.decision, "allow");
  assert.equal(stale.age, "stale");
  assert.ok(stale.ageMs !== null && stale.ageMs >= 61_000 && stale.ageMs < 63_000);
  assert.match(stale.detail ?? "", /gone/);
  clock.pass(3_600_000);
  assert.equal((await decisions.decide(alice)).decision, "unavailable");
});

void test("a copy survives a restart", async (t) => {
  const { decisions, upstream, restart } = await setUp(t);
  await decisions.decide(alice);
  upstream.vanish();
  const successor = await restart();
  assert.equal((await successor.decide(alice)).source, "sqlite");
  assert.equal((await successor.decide(alice)).source, "memory");
});

void test("a no from the upstream takes the copied yes away", async (t) => {
  const { decisions, upstream, cache, clock } = await setUp(t);
  await decisions.decide(alice);
  upstream.answer = async () => ({ decision: "deny", attributes: {} });
  clock.pass(61_000);
  assert.equal((await decisions.decide(alice)).decision, "deny");
  assert.equal(await cache.peek("auth:default:alice"), null);
  upstream.vanish();
  assert.equal((await decisions.decide(alice)).decision, "unavailable");
});

void test("a new secret that the upstream accepts replaces the old one", async (t) => {
  const { decisions, upstream } = await setUp(t);
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

void test("a revoked user is denied although the upstream still says yes, and dropping copies revives nobody", async (t) => {
  const { decisions, upstream, cache } = await setUp(t);
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

void test("a lifted revocation leaves the word to the upstream again", async (t) => {
  const { decisions, upstream } = await setUp(t);
  await decisions.revoke(alice);
  assert.equal((await decisions.decide(alice)).decision, "deny");
  assert.equal(upstream.asked.length, 0);
  assert.equal((await decisions.lift(alice)).acknowledged, "durable");
  const decision = await decisions.decide(alice);
  assert.equal(decision.decision, "allow");
  assert.equal(decision.source, "upstream");
});

void test("a revocation outlives a restart", async (t) => {
  const { decisions, restart, upstream } = await setUp(t);
  await decisions.decide(alice);
  await decisions.revoke(alice, { reason: "lost" });
  const successor = await restart();
  const refused = await successor.decide(alice);
  assert.equal(refused.decision, "deny");
  assert.equal(refused.detail, "lost");
  assert.equal(upstream.asked.length, 1);
});

void test("a revocation during the upstream's answer wins over that answer", async (t) => {
  const { decisions, upstream } = await setUp(t);
  const asked = deferred<void>();
  const answer = deferred<UpstreamVerdict>();
  upstream.answer = () => {
    asked.resolve();
    return answer.promise;
  };
  const deciding = decisions.decide(alice);
  await asked.promise;
  await decisions.revoke(alice);
  answer.resolve({ decision: "allow", attributes: {} });
  const decision = await deciding;
  assert.equal(decision.decision, "deny");
  assert.equal(decision.reason, "revoked");
});

void test("a revocation concerns one realm", async (t) => {
  const { decisions } = await setUp(t);
  await decisions.revoke(alice);
  assert.equal((await decisions.decide({ ...alice, realm: "other" })).decision, "allow");
});

void test("the same question asked at once by many is asked upstream once", async (t) => {
  const { decisions, upstream } = await setUp(t);
  await decisions.decide({ ...alice, secret: "right" });
  await Promise.all(Array.from({ length: 20 }, () => decisions.decide(wrong)));
  assert.equal(upstream.asked.length, 2);
});

void test("an upstream's own terms decide how long its answer is fresh", async (t) => {
  const { decisions, upstream, clock } = await setUp(t);
  upstream.answer = async () => ({ decision: "allow", attributes: {}, ttlMs: 5_000, graceMs: 0 });
  await decisions.decide(alice);
  upstream.vanish();
  clock.pass(4_000);
  assert.equal((await decisions.decide(alice)).age, "fresh");
  clock.pass(1_001);
  assert.equal((await decisions.decide(alice)).decision, "unavailable");
});

void test("a question that cannot be asked is refused before anybody is asked", async (t) => {
  const { decisions, upstream } = await setUp(t);
  await assert.rejects(decisions.decide({ ...alice, user: "" }), { code: "invalid-question" });
  assert.equal(upstream.asked.length, 0);
  assert.deepEqual(decisions.status().counts.decisions, { allow: 0, deny: 0, unavailable: 0 });
});

void test("a fleet key that is too short and a TTL out of bounds are refused with the value", async (t) => {
  const { cache, upstream } = await setUp(t);
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
