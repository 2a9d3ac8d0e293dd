import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { landedRow } from "../replica/publication.js";
import type { At } from "./row.js";
import { decodeRow, draftOf, encodeDraft, type RowDraft, type SetDraft } from "./row-wire.js";

const at: fc.Arbitrary<At> = fc.record({
  ordinal: fc.integer({ min: 1, max: 3 }),
  generation: fc.constantFrom("g1", "g2"),
  seq: fc.integer({ min: 1, max: 99 }),
});

const set: fc.Arbitrary<SetDraft> = fc.record({
  value: fc.string(),
  expiresAtMs: fc.integer({ min: 1, max: 10_000 }),
  at: fc.option(at),
  knew: fc.dictionary(fc.constantFrom("g1", "g2"), fc.integer({ min: 1, max: 9 }), { maxKeys: 2 }),
  stamp: fc.integer({ min: 1, max: 1_000 }),
  operation: fc.constantFrom("m:1", "m:2"),
  tags: fc.array(fc.string({ minLength: 1 }), { maxLength: 2 }),
});

const draft: fc.Arbitrary<RowDraft> = fc.record({
  removed: fc.constantFrom({}, { g0: [4, "m:9"] as const }),
  removal: fc.option(fc.constantFrom("m:3", "m:4")),
  keepUntilMs: fc.integer({ min: 1, max: 10_000 }),
  set: fc.option(set),
});

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

void test("readers see the row as its publisher keeps it", () => {
  fc.assert(
    fc.property(draft, at, (published, place) => {
      const read = decodeRow(encodeDraft(published), place);
      assert.deepEqual(plain(read), plain(landedRow(published, place)));
    }),
  );
});

void test("a row that is published again is the same at another place", () => {
  fc.assert(
    fc.property(draft, at, at, (published, first, second) => {
      const row = decodeRow(encodeDraft(published), first);
      assert.deepEqual(plain(decodeRow(encodeDraft(draftOf(row)), second)), plain(row));
    }),
  );
});

void test("text that is no row is refused", () => {
  const place: At = { ordinal: 1, generation: "g1", seq: 1 };
  const sets = [
    "{}",
    '{"v":1,"e":1,"t":1,"o":"m:1"}',
    '{"v":"1","t":1,"o":"m:1"}',
    '{"v":"1","e":null,"t":1,"o":"m:1"}',
    '{"v":"1","e":1,"o":"m:1"}',
    '{"v":"1","e":1,"t":1,"o":"m:1","a":[1,"g1"]}',
    '{"v":"1","e":1,"t":1,"o":"m:1","n":{"g1":"1"}}',
    '{"v":"1","e":1,"t":1,"o":"m:1","g":"team"}',
  ].map((set) => `1{"k":1,"s":${set}}`);
  const rows = [
    "1",
    "1null",
    "1{}",
    "1[]",
    '1{"k":null}',
    '1{"k":1,"r":1}',
    '1{"k":1,"p":{"g1":1}}',
  ];
  for (const text of ["", "null", '2{"k":1}', '{"k":1}', ...rows, ...sets]) {
    assert.throws(() => decodeRow(text, place), text);
  }
});
