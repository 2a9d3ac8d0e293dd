import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentRows } from "./recent-rows.js";
import type { RowRecord } from "./records.js";

function record(value: string, seq: number): RowRecord {
  const at = { ordinal: 1, generation: "g", seq };
  const set = { value, expiresAtMs: 1, at, knew: {}, stamp: 1, operation: "a:1", tags: [] };
  return {
    row: { removed: {}, set, keepUntilMs: 1 },
    storedAtMs: 0,
    goneAtMs: 1,
    place: { generation: "g", seq },
    keepUntilMs: 1,
  };
}

void test("a row is remembered as it was kept last, and so is that there is none", () => {
  const rows = new RecentRows();
  assert.equal(rows.get("a"), undefined);
  rows.keep("a", record("x", 1));
  rows.keep("a", record("y", 2));
  rows.keep("b", null);
  assert.equal(rows.get("a")?.place.seq, 2);
  assert.equal(rows.get("b"), null);
});

void test("what is kept is bounded by the length of the values, and never comes back older", () => {
  const rows = new RecentRows();
  const value = "x".repeat(800_000);
  rows.keep("key", record(value, 0));
  for (let index = 1; index <= 100; index += 1) {
    rows.keep(`other ${index}`, record(value, index));
    const known = rows.get("key");
    assert.ok(known === undefined || known?.place.seq === 0);
  }
  assert.equal(rows.get("key"), undefined);
  rows.keep("key", record(value, 200));
  for (let index = 1; index <= 12; index += 1) rows.keep(`more ${index}`, record(value, index));
  assert.ok([200, undefined].includes(rows.get("key")?.place.seq));
  let held = 0;
  for (let index = 1; index <= 100; index += 1)
    if (rows.get(`other ${index}`) !== undefined) held += 1;
  assert.ok(held <= 20, `${held} rows of 800,000 characters are held`);
});

void test("nothing is known any more once all is cleared", () => {
  const rows = new RecentRows();
  rows.keep("a", null);
  rows.clear();
  assert.equal(rows.get("a"), undefined);
});
