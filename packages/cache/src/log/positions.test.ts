import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { covers, mergePositions, noPositions } from "./positions.js";

const positions = fc.dictionary(fc.constantFrom("g1", "g2", "g3"), fc.integer({ min: 1, max: 9 }), {
  maxKeys: 3,
});

void test("merging positions is commutative, associative and idempotent", () => {
  fc.assert(
    fc.property(positions, positions, positions, (one, two, three) => {
      assert.deepEqual({ ...mergePositions(one, two) }, { ...mergePositions(two, one) });
      assert.deepEqual(
        { ...mergePositions(mergePositions(one, two), three) },
        { ...mergePositions(one, mergePositions(two, three)) },
      );
      assert.deepEqual({ ...mergePositions(one, one) }, { ...one });
    }),
  );
});

void test("what is merged covers both and nothing more", () => {
  fc.assert(
    fc.property(positions, positions, positions, (one, two, other) => {
      const merged = mergePositions(one, two);
      assert.ok(covers(merged, one) && covers(merged, two));
      if (covers(other, one) && covers(other, two)) assert.ok(covers(other, merged));
    }),
  );
});

void test("a place in one generation says nothing about another", () => {
  assert.equal(covers({ g1: 9 }, { g2: 1 }), false);
  assert.equal(covers(noPositions, {}), true);
});
