import assert from "node:assert/strict";
import { test } from "node:test";
import { expendable } from "./leftovers.js";
import { parseUtcStamp, utcStamp } from "./utc-stamp.js";

const nowMs = Date.UTC(2026, 10, 21, 14, 30, 59, 123);
const day = 24 * 60 * 60 * 1_000;

void test("a time in a file name is read back to the second", () => {
  assert.equal(utcStamp(nowMs), "20261121T143059Z");
  assert.equal(parseUtcStamp("20261121T143059Z"), nowMs - 123);
  assert.equal(parseUtcStamp("20261121"), undefined);
});

void test("a file of an older schema is expendable after seven days, and only that of this file", () => {
  const old = utcStamp(nowMs - 8 * day);
  const young = utcStamp(nowMs - 6 * day);
  const names = [
    "store.sqlite",
    `store.sqlite.before-3-${old}`,
    `store.sqlite.before-4-${young}`,
    `other.sqlite.before-3-${old}`,
    "store.sqlite.before-3-long-ago",
    `store.sqlite.backup-${old}`,
  ];
  assert.deepEqual(expendable(names, "store.sqlite", nowMs), [names[1]]);
});

void test("damaged copies beyond the last three are expendable, each with its log", () => {
  const names = [1, 2, 3, 4, 5].flatMap((n) => {
    const name = `store.sqlite.damaged-${utcStamp(nowMs + n * day)}`;
    return [name, `${name}-wal`];
  });
  assert.deepEqual(
    expendable(names.toReversed(), "store.sqlite", nowMs).toSorted(),
    names.slice(0, 4),
  );
});
