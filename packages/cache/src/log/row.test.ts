import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addedTo, includes, knowsOf, mergeRemoved, type Removed, withRemoval } from "./removed.js";
import { compareSets, mergeRows, type Row, type RowSet, sameRow } from "./row.js";

const generations = ["g1", "g2", "g3"];

/** One operation stands in every generation: its maker had to publish it anew. */
const anew: Readonly<Record<string, number>> = { g1: 1, g2: 2, g3: 3 };

// As logs are: what stands at a place of a generation is one operation, whoever tells of it.
const removed: fc.Arbitrary<Removed> = fc
  .array(fc.tuple(fc.constantFrom(...generations), fc.integer({ min: 1, max: 4 })), {
    maxLength: 3,
  })
  .map((places) =>
    places.reduce<Removed>(
      (all, [generation, seq]) => withRemoval(all, generation, seq, operationAt(generation, seq)),
      {},
    ),
  );

function operationAt(generation: string, seq: number): string {
  return anew[generation] === seq ? "m:anew" : `m:${generation}/${seq}`;
}

const rowSet: fc.Arbitrary<RowSet> = fc
  .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 1, max: 9 }))
  .map(([generation, seq]) => ({
    value: `"${generation}/${seq}"`,
    expiresAtMs: 1_000,
    at: { ordinal: generation + 1, generation: generations[generation] ?? "g1", seq },
    knew: {},
    stamp: 10 * seq + generation,
    operation: `m:${generation * 10 + seq}`,
    tags: [],
  }));

const row: fc.Arbitrary<Row> = fc.record({
  removed,
  set: fc.option(rowSet, { freq: 3 }),
  keepUntilMs: fc.integer({ min: 1, max: 9 }),
});

function plain(value: Row): unknown {
  return JSON.parse(
    JSON.stringify({
      ...value,
      removed: Object.entries(value.removed).toSorted(([left], [right]) => (left < right ? -1 : 1)),
    }),
  );
}

void test("merging rows is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(row, row, row, (one, two, three) => {
      assert.deepEqual(plain(mergeRows(one, two)), plain(mergeRows(two, one)));
      assert.deepEqual(
        plain(mergeRows(mergeRows(one, two), three)),
        plain(mergeRows(one, mergeRows(two, three))),
      );
      assert.deepEqual(plain(mergeRows(one, one)), plain(one));
    }),
    { numRuns: 2_000 },
  );
});

void test("a set never survives a removal that its row did not have", () => {
  fc.assert(
    fc.property(row, row, (one, two) => {
      const { set } = mergeRows(one, two);
      if (set === null) return;
      const from = [one, two].filter((source) => source.set?.operation === set.operation);
      assert.ok(from.some((source) => includes(source.removed, mergeRows(one, two).removed)));
    }),
  );
});

void test("of two sets beside the same removals the newer one stays", () => {
  fc.assert(
    fc.property(rowSet, rowSet, (one, two) => {
      const at = { removed: {}, keepUntilMs: 1 };
      const { set } = mergeRows({ ...at, set: one }, { ...at, set: two });
      assert.equal(set?.operation, (compareSets(one, two) >= 0 ? one : two).operation);
    }),
  );
});

void test("a set that is published once more replaces nothing that was written over it", () => {
  const older = { at: { ordinal: 1, generation: "g1", seq: 1 }, stamp: 5, operation: "m:1" };
  const rest = { value: "1", expiresAtMs: 9, knew: {}, tags: [] };
  const newer = { at: { ordinal: 1, generation: "g1", seq: 2 }, stamp: 6, operation: "n:1" };
  const again = { ...older, at: { ordinal: 2, generation: "g2", seq: 1 } };
  const at = { removed: {}, keepUntilMs: 1 };
  const merged = mergeRows(
    { ...at, set: { ...rest, ...again } },
    { ...at, set: { ...rest, ...newer } },
  );
  assert.equal(merged.set?.operation, "n:1");
});

void test("rows are the same where they say the same", () => {
  fc.assert(
    fc.property(row, row, (one, two) => {
      assert.equal(sameRow(one, one), true);
      const merged = mergeRows(one, two);
      if (sameRow(one, two))
        assert.deepEqual(plain(merged), plain({ ...one, keepUntilMs: merged.keepUntilMs }));
    }),
  );
});

void test("merging removals is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(removed, removed, removed, (one, two, three) => {
      assert.deepEqual({ ...mergeRemoved(one, two) }, { ...mergeRemoved(two, one) });
      assert.deepEqual(
        { ...mergeRemoved(mergeRemoved(one, two), three) },
        { ...mergeRemoved(one, mergeRemoved(two, three)) },
      );
      assert.deepEqual({ ...mergeRemoved(one, one) }, { ...one });
    }),
  );
});

void test("what is new in other removals is told by operation", () => {
  const known: Removed = { g1: [3, "m:1"] };
  assert.deepEqual(addedTo(known, { g1: [2, "m:0"] }), []);
  assert.deepEqual(addedTo(known, { g1: [4, "m:2"], g2: [1, "m:3"] }), ["m:2", "m:3"]);
  assert.equal(knowsOf({ g1: 3 }, known), true);
  assert.equal(knowsOf({ g1: 2, g2: 9 }, known), false);
});
