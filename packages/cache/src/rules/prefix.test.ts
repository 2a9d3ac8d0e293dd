import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileGlob } from "./glob.js";
import { commonPrefix, prefixGlob } from "./prefix.js";

void test("the common prefix is the longest, of whole characters", () => {
  const rows: readonly [string[], string][] = [
    [[], ""],
    [["auth:a"], "auth:a"],
    [["auth:alice", "auth:al", "auth:alx"], "auth:al"],
    [["auth:", "net:"], ""],
    [["x😀", "x😁"], "x"],
    [["a", ""], ""],
  ];
  for (const [texts, prefix] of rows) assert.equal(commonPrefix(texts), prefix, texts.join());
});

void test("a glob on the common prefix matches whatever one of the keys' own prefixes did", () => {
  const texts = fc.string({ unit: fc.constantFrom("a", "*", "[", "\\", "😀"), maxLength: 6 });
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), texts, (prefixes, tail) => {
      const wide = compileGlob(prefixGlob(commonPrefix(prefixes)));
      for (const prefix of prefixes) assert.ok(wide.matches(prefix + tail));
    }),
  );
});

void test("a prefix too long for a pattern widens instead of failing", () => {
  const prefix = "*".repeat(512);
  const glob = compileGlob(prefixGlob(prefix));
  assert.ok(glob.matches(prefix) && glob.prefix.length === 255);
});
