import assert from "node:assert/strict";
import { test } from "node:test";
import type { FetchPolicy } from "./cache-contract.js";
import { CacheError } from "./cache-error.js";
import { Namespaces } from "./namespaces.js";
import { defaultPolicy, policyResolver, resolvePolicy } from "./policy.js";

const day = 86_400_000;

void test("a policy is laid over its defaults, and undefined says nothing", () => {
  const given: { ttlMs: number; jitter?: number } = { ttlMs: 5_000 };
  Object.assign(given, { jitter: undefined });
  const policy = resolvePolicy(defaultPolicy, given, 8 * day, "policy");
  assert.deepEqual(policy, { ...defaultPolicy, ttlMs: 5_000 });
  assert.ok(Object.isFrozen(policy));
});

void test("a default gives way to the namespace's horizon, and what is asked for does not", () => {
  const hour = 3_600_000;
  const rows: readonly [FetchPolicy, number, number][] = [
    [{}, 60_000, hour - 60_000],
    [{ ttlMs: hour }, hour, 0],
    [{ graceMs: 1_000 }, 60_000, 1_000],
    [{ ttlMs: 1_000, graceMs: hour - 1_000 }, 1_000, hour - 1_000],
  ];
  for (const [policy, ttlMs, graceMs] of rows) {
    const resolved = resolvePolicy(defaultPolicy, policy, hour, "policy");
    assert.deepEqual([resolved.ttlMs, resolved.graceMs], [ttlMs, graceMs]);
  }
  assert.equal(resolvePolicy(defaultPolicy, {}, 1_000, "policy").ttlMs, 1_000);
  assert.equal(resolvePolicy(defaultPolicy, {}, 1_000, "policy").negativeTtlMs, 1_000);
});

void test("what a policy cannot be is refused with what it can be", () => {
  const rows: readonly [Readonly<Record<string, unknown>>, string][] = [
    [{ ttl: 5 }, 'Cannot use policy: there is no field "ttl", the nearest is "ttlMs"'],
    [{ ttlMs: 0 }, "Cannot use policy.ttlMs 0: it should be a number from 1 to 3888000000"],
    [
      { ttlMs: Number.NaN },
      "Cannot use policy.ttlMs NaN: it should be a number from 1 to 3888000000",
    ],
    [{ refreshAhead: 0 }, "Cannot use policy.refreshAhead 0: it should be a number from 0.1 to 1"],
    [
      { hardDeadlineMs: "5s" },
      'Cannot use policy.hardDeadlineMs "5s": it should be a number from 1 to 600000',
    ],
    [
      { ttlMs: 9 * day },
      "Cannot use policy.ttlMs 777600000: the namespace keeps nothing longer than maxAgeMs 691200000",
    ],
    [
      { ttlMs: 7 * day, graceMs: 2 * day },
      "Cannot use policy.ttlMs 604800000 with graceMs 172800000: the namespace keeps nothing longer than maxAgeMs 691200000",
    ],
    [
      { graceMs: 8 * day },
      "Cannot use policy.ttlMs 60000 with graceMs 691200000: the namespace keeps nothing longer than maxAgeMs 691200000",
    ],
  ];
  for (const [policy, message] of rows) {
    assert.throws(
      () => resolvePolicy(defaultPolicy, policy, 8 * day, "policy"),
      (error) =>
        error instanceof CacheError && error.code === "invalid-option" && error.message === message,
      message,
    );
  }
  const tags = { tags: [""] };
  assert.throws(() => resolvePolicy(defaultPolicy, tags, day, "policy"), {
    code: "invalid-tag",
    argument: "policy.tags[0]",
  });
});

void test("a policy that was seen before is not looked at again, in each namespace apart", () => {
  const namespaces = new Namespaces({ auth: { fetch: { ttlMs: 7, tags: ["t"] } } });
  const policyFor = policyResolver((key) => namespaces.of(key));
  assert.equal(policyFor("net:a", undefined), policyFor("x", undefined));
  assert.equal(policyFor("auth:a", undefined).ttlMs, 7);
  const policy = { graceMs: 1 };
  const first = policyFor("auth:a", policy);
  assert.deepEqual([first.ttlMs, first.graceMs, first.tags], [7, 1, ["t"]]);
  assert.equal(policyFor("auth:b", policy), first);
  assert.equal(policyFor("net:a", policy).ttlMs, 60_000);
  policy.graceMs = 2;
  assert.equal(policyFor("auth:a", policy).graceMs, 1);
  assert.equal(policyFor("auth:a", { graceMs: 2 }).graceMs, 2);
});
