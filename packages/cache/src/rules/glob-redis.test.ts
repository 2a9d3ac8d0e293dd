import assert from "node:assert/strict";
import { test } from "node:test";
import { redisMissing, startRedis } from "@holdfast/testkit";
import fc from "fast-check";
import { CacheError } from "../cache-error.js";
import { compileGlob, type Glob } from "./glob.js";

const marks = ["a", "b", "-", "]", "^", "\\", "*", "["];
const pairs = marks.flatMap((first) => marks.map((second) => first + second));
const keys = [...marks, ...pairs, ...pairs.flatMap((pair) => marks.map((mark) => pair + mark))];

function compiled(pattern: string): Glob | null {
  try {
    return compileGlob(pattern);
  } catch (error) {
    assert.ok(error instanceof CacheError && error.code === "invalid-glob");
    return null;
  }
}

void test("a pattern matches the keys that Redis matches", { skip: redisMissing }, async () => {
  await using server = await startRedis();
  await server.command("MSET", ...keys.flatMap((key) => [key, ""]));
  const patterns = fc.string({ unit: fc.constantFrom(...marks, "?"), minLength: 1, maxLength: 7 });
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(patterns, async (pattern) => {
      const glob = compiled(pattern);
      if (glob === null) return;
      compared += 1;
      const matched = await server.command("KEYS", pattern);
      assert.ok(Array.isArray(matched));
      assert.deepEqual(new Set(matched), new Set(keys.filter((key) => glob.matches(key))));
    }),
    { numRuns: 500 },
  );
  assert.ok(compared > 100, "most patterns are well-formed");
});
