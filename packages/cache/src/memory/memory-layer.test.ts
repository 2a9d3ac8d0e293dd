import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type MemoryEntry, MemoryLayer } from "./memory-layer.js";

function entryOf(value: unknown): MemoryEntry {
  return {
    value,
    frozen: true,
    kind: "copy",
    layer: "memory",
    storedAtMs: 0,
    freshUntilMs: 1,
    goneAtMs: 2,
    inherited: false,
    tags: [],
    checked: 0,
  };
}

void test("what was put is had as the same object, until it is deleted", () => {
  const memory = new MemoryLayer({ maxBytes: 10_000 });
  const entry = entryOf({ a: 1 });
  memory.set("k", entry, 7);
  assert.equal(memory.get("k"), entry);
  entry.checked = 3;
  assert.equal(memory.get("k")?.checked, 3);
  memory.delete("k");
  assert.equal(memory.get("k"), undefined);
  assert.equal(memory.bytes, 0);
});

void test("beyond its bytes the least recently used entry goes", () => {
  const memory = new MemoryLayer({ maxBytes: 10_000 });
  memory.set("a", entryOf(1), 2_000);
  memory.set("b", entryOf(2), 2_000);
  memory.get("a");
  memory.set("c", entryOf(3), 2_000);
  assert.deepEqual(
    ["a", "b", "c"].map((key) => memory.get(key)?.value),
    [1, undefined, 3],
  );
  assert.equal(memory.size, 2);
});

void test("what is larger than the whole bound is not kept, nor what it replaces", () => {
  const memory = new MemoryLayer({ maxBytes: 10_000 });
  memory.set("other", entryOf(1), 10);
  memory.set("k", entryOf("old"), 10);
  memory.set("k", entryOf("huge"), 10_000);
  assert.equal(memory.get("k"), undefined);
  assert.equal(memory.get("other")?.value, 1);
});

void test("a bound on entries counts them and not their size", () => {
  const negatives = new MemoryLayer({ maxEntries: 2 });
  for (const key of ["a", "b", "c"]) negatives.set(key, entryOf(null), 1_000_000);
  assert.deepEqual(
    ["a", "b", "c"].map((key) => negatives.get(key) !== undefined),
    [false, true, true],
  );
  assert.equal(negatives.bytes, 0);
  negatives.clear();
  assert.equal(negatives.size, 0);
});

void test("whatever is put, the bytes stay within the bound and what is held is the latest", () => {
  const keys = fc.constantFrom("a", "b", "c", "d", "e");
  const steps = fc.array(fc.tuple(keys, fc.integer({ min: 0, max: 3_000 }), fc.boolean()));
  fc.assert(
    fc.property(steps, (list) => {
      const memory = new MemoryLayer({ maxBytes: 8_000 });
      const latest = new Map<string, MemoryEntry>();
      for (const [key, length, remove] of list) {
        const entry = entryOf(length);
        if (remove) memory.delete(key);
        else memory.set(key, entry, length);
        if (remove) latest.delete(key);
        else latest.set(key, entry);
        assert.ok(memory.bytes <= 8_000);
        assert.equal(memory.get(key), latest.get(key));
        for (const name of ["a", "b", "c", "d", "e"]) {
          assert.ok([undefined, latest.get(name)].includes(memory.get(name)));
        }
      }
    }),
  );
});
