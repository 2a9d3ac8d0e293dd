import assert from "node:assert/strict";
import { test } from "node:test";
import type { Removed } from "../log/removed.js";
import { OwnOperations } from "./own-operations.js";
import type { PendingKey } from "./pending.js";

const own = new OwnOperations("me");
const at = { ordinal: 1, generation: "g", seq: 9 };

function waiting(number: number, removal: string | null): PendingKey {
  return { t: "key", number, key: "x", removal, set: null, madeAtMs: 0 };
}

function removedBy(operation: string): Removed {
  return { g: [3, operation] };
}

void test("a removal that waits is published under its own name, or renewed, and under no other", () => {
  const pending = waiting(5, own.name(5));
  assert.equal(own.isPublished(pending, removedBy(own.name(5))), true);
  assert.equal(own.isPublished(pending, removedBy(own.renewed(5, at))), true);
  assert.equal(own.isPublished(pending, removedBy(own.name(6))), false);
  assert.equal(own.isPublished(pending, removedBy("other:5")), false);
  assert.equal(own.isPublished(waiting(5, null), removedBy(own.name(5))), false);
});

void test("an own removal up to the one that waits tells nothing new, whoever else's does", () => {
  const pending = waiting(5, own.name(5));
  const tells = (operation: string): boolean =>
    own.tellsOfRemoval({}, removedBy(operation), pending);
  assert.equal(tells(own.name(5)), false);
  assert.equal(tells(own.name(4)), false);
  assert.equal(tells("other:4"), true);
  assert.equal(own.tellsOfRemoval({}, removedBy(own.name(4)), undefined), true);
  assert.equal(own.tellsOfRemoval(removedBy("other:4"), { h: [1, "other:4"] }, pending), false);
});

void test("a renewed removal is new to whoever remembers it by its first name, and to nobody after it", () => {
  const renewed = removedBy(own.renewed(5, at));
  assert.equal(own.tellsOfRemoval({}, renewed, waiting(5, own.name(5))), true);
  assert.equal(own.tellsOfRemoval({}, renewed, waiting(5, own.renewed(5, at))), false);
  assert.equal(own.tellsOfRemoval({}, renewed, waiting(6, own.name(6))), false);
});
