import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryDurable } from "@holdfast/sqlite/testing";
import { Disk } from "../disk/disk.js";
import { migrations, statements } from "../disk/schema.js";
import { Pending, type PendingKey } from "./pending.js";

function removal(number: number, key: string): PendingKey {
  return { t: "key", number, key, removal: `a:${number}`, set: null, madeAtMs: 100 * number };
}

function pendingWith(...items: readonly PendingKey[]): Pending {
  const pending = new Pending(new Disk(openMemoryDurable({ migrations, statements })), true);
  for (const item of items) {
    pending.put(item);
    pending.committed(item.number);
  }
  return pending;
}

function publishable(pending: Pending): readonly number[] {
  return pending.publishable(100).map(({ number }) => number);
}

void test("nothing overtakes what the disk still has of an operation that is being replaced", () => {
  const pending = pendingWith(removal(1, "w"), removal(2, "x"), removal(3, "y"));
  pending.put(removal(4, "x"));
  assert.deepEqual(publishable(pending), [1]);
  pending.committed(4);
  assert.deepEqual(publishable(pending), [1, 3, 4]);
});

void test("a key that is written again and again holds up others for one transaction at most", () => {
  const pending = pendingWith(removal(1, "x"), removal(2, "y"));
  pending.put(removal(3, "x"));
  pending.put(removal(4, "x"));
  assert.deepEqual(publishable(pending), []);
  pending.committed(3);
  assert.deepEqual(publishable(pending), [2]);
});

void test("what replaces something has been owed since that was made", () => {
  const pending = pendingWith(removal(1, "x"), removal(2, "y"));
  pending.put({ ...removal(3, "x"), madeAtMs: 100 });
  assert.equal(pending.oldestMs, 100);
});
