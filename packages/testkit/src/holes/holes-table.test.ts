import assert from "node:assert/strict";
import { test } from "node:test";
import { holesTable } from "./holes-table.js";
import type { HoleRecord } from "./record-hole.js";

const record: HoleRecord = {
  id: "H05",
  title: "a removal by 'a|b'",
  group: "revocation",
  subject: "article",
  outcome: { after: "ALLOW", stallMs: 12 },
  verdict: "bad",
  test: "H05 a removal by 'a|b': the article's class fails",
};

void test("a hole is one row with what either cache did", () => {
  const right: HoleRecord = {
    ...record,
    subject: "holdfast",
    outcome: { after: "nothing" },
    verdict: "good",
  };
  const lines = holesTable([record, right]).split("\n");
  assert.equal(lines[0], "## Revocation");
  assert.match(
    lines[4] ?? "",
    /^\| H05 \| a removal by 'a\\\|b' \| \*\*wrong\*\*: after: ALLOW; stall \(ms\): 12 \| right: after: nothing \|/,
  );
});

void test("a hole that was examined on one cache only says so", () => {
  assert.match(holesTable([record]), /\| not examined \|/);
});

void test("holes stand in the order of their numbers", () => {
  const ids = ["H16b", "H05", "H16a"];
  const table = holesTable(ids.map((id) => ({ ...record, id })));
  assert.deepEqual(table.match(/^\| H\w+/gm), ["| H05", "| H16a", "| H16b"]);
});
