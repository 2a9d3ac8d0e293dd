import assert from "node:assert/strict";
import { test } from "node:test";
import type { Receipt } from "@holdfast/cache";
import { revocationAnswer } from "./revocations-route.js";

const subject = { realm: "r", user: "u" };
const whole: Receipt = {
  operation: "a:1",
  acknowledged: "all",
  confirmed: ["b"],
  expired: ["c"],
  unconfirmed: [],
};
const silent: Receipt = { ...whole, operation: "a:2", unconfirmed: ["d"] };
const shortfall = { code: "full", message: "Cannot write: the disk is full" };
const short: Receipt = { operation: "a:3", acknowledged: "memory", shortfall };

const table: readonly [string, Receipt, Receipt, string, string][] = [
  ["both whole", whole, whole, "revoked", "all"],
  ["a member that stays silent", silent, whole, "revoked-in-part", "all"],
  ["a copy whose removal is not durable", whole, short, "revoked-in-part", "memory"],
  ["a marker that is not durable", short, whole, "revoked-in-part", "memory"],
];

for (const [what, revocation, removal, state, acknowledged] of table) {
  void test(`a revocation with ${what} is ${state}`, () => {
    const answer = revocationAnswer(subject, { revocation, removal });
    assert.equal(answer.state, state);
    assert.equal(answer.acknowledged, acknowledged);
    assert.equal(answer.operation, revocation.operation);
    if (what.startsWith("a member")) assert.deepEqual(answer.unconfirmed, ["d"]);
    if (what.includes("durable")) assert.deepEqual(answer.shortfall, shortfall);
  });
}
