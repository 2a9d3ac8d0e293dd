import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeCopy, encodeCopy } from "./copy-wire.js";

const time = fc.integer({ min: 0, max: 2 ** 44 });

void test("a copy is read as it was written, whatever its value and tags hold", () => {
  const copies = fc.record({
    asOf: fc.nat(),
    storedAtMs: time,
    freshUntilMs: time,
    goneAtMs: time,
    tags: fc.array(fc.string(), { maxLength: 3 }),
    value: fc.string({ unit: "grapheme" }).map((text) => `J${text}`),
  });
  fc.assert(
    fc.property(copies, (copy) => assert.deepEqual(decodeCopy(encodeCopy(copy)), { ...copy })),
  );
});

void test("bytes that are no copy are null, never an error", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const copy = decodeCopy(bytes);
      assert(copy === null || Number.isFinite(copy.goneAtMs));
    }),
  );
  for (const text of [
    "",
    "1",
    "2a,b,c,d\nJ1",
    "1a,b,c\nJ1",
    '1a,b,c,d["x"\nJ1',
    "1a,b,c,d[1]\nJ1",
    "1,,,\nJ1",
  ]) {
    assert.equal(decodeCopy(Buffer.from(text)), null, text);
  }
});

void test("what stands around a value of 300 bytes is less than 50 bytes", () => {
  const now = 1_795_000_000_000;
  const copy = {
    asOf: 12_345,
    storedAtMs: now,
    freshUntilMs: now + 60_000,
    goneAtMs: now + 86_400_000,
    tags: [],
    value: "x".repeat(300),
  };
  assert(encodeCopy(copy).length < 350);
});
