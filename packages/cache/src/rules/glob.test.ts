import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compileGlob, escapeGlob } from "./glob.js";
import { matchFrom } from "./glob-matcher.js";
import { parseGlob } from "./glob-parser.js";

void test("a pattern matches by code points in the syntax of Redis", () => {
  const rows: readonly [string, string[], string[]][] = [
    ["auth:*", ["auth:", "auth:alice"], ["AUTH:BOB", "net:alice", "auth"]],
    ["*", ["", "a", "😀"], []],
    ["a*b*c", ["abc", "aXbYc", "abbcc"], ["ab", "abcd", "acb"]],
    ["a?c", ["abc", "aéc", "a😀c"], ["ac", "abbc"]],
    ["a??", ["a😀b"], ["a😀", "a😀bc"]],
    ["auth:[ab]*", ["auth:alice", "auth:bob"], ["auth:carol", "auth:"]],
    ["auth:[^y]", ["auth:x", "auth:😀"], ["auth:y", "auth:", "auth:xx"]],
    ["[a-cx]", ["a", "b", "c", "x"], ["d", "-", ""]],
    ["[c-a]", ["b"], ["d"]],
    ["[\\a-z]", ["a", "-", "z"], ["b"]],
    ["[\\]^]", ["]", "^"], ["\\"]],
    ["[[]", ["["], ["[["]],
    ["[😀-😂]x", ["😁x"], ["😃x", "\ud83dx"]],
    ["auth:\\*lit", ["auth:*lit"], ["auth:xlit", "auth:\\*lit"]],
    ["\\a\\\\", ["a\\"], ["\\a\\\\"]],
    ["a]b-^", ["a]b-^"], ["ab"]],
    ["**?**", ["a", "ab"], [""]],
  ];
  for (const [pattern, hits, misses] of rows) {
    const glob = compileGlob(pattern);
    for (const key of hits) assert.ok(glob.matches(key), `${pattern} should match ${key}`);
    for (const key of misses) assert.ok(!glob.matches(key), `${pattern} should not match ${key}`);
  }
});

void test("a pattern knows what every match begins with, and the one key it can match", () => {
  const rows: readonly [string, string, string | null][] = [
    ["auth:*", "auth:", null],
    ["auth:\\*x", "auth:*x", "auth:*x"],
    ["plain", "plain", "plain"],
    ["?x", "", null],
    ["a[b]c", "a", null],
    ["😀*", "😀", null],
  ];
  for (const [pattern, prefix, literal] of rows) {
    const glob = compileGlob(pattern);
    assert.deepEqual([glob.pattern, glob.prefix, glob.literal], [pattern, prefix, literal]);
  }
});

void test("a malformed pattern is refused with its value", () => {
  const rows: readonly [unknown, string][] = [
    [7, "Cannot use glob 7: it should be a string"],
    ["", 'Cannot use glob "": it is empty'],
    ["a\\", 'Cannot use glob "a\\\\": it ends in a backslash that escapes nothing'],
    ["[abc", 'Cannot use glob "[abc": a class in it is not closed'],
    ["a[", 'Cannot use glob "a[": a class in it is not closed'],
    ["[^", 'Cannot use glob "[^": a class in it is not closed'],
    ["[a\\", 'Cannot use glob "[a\\\\": a class in it is not closed'],
    ["[a\\]", 'Cannot use glob "[a\\\\]": a class in it is not closed'],
    ["[a-", 'Cannot use glob "[a-": a class in it is not closed'],
    ["[]", 'Cannot use glob "[]": a class in it is empty'],
    ["[^]", 'Cannot use glob "[^]": a class in it is empty'],
    ["[a-]", 'Cannot use glob "[a-]": a range in it has no end'],
    ["[a-\\z]", 'Cannot use glob "[a-\\\\z]": a range in it ends in an escape'],
    ["a\0", 'Cannot use glob "a\\u0000": it contains NUL'],
    ["\ud800*", 'Cannot use glob "\\ud800*": it contains a lone surrogate'],
    ["*".repeat(17), 'Cannot use glob "*****************": it has more than 16 wildcards'],
  ];
  for (const [pattern, message] of rows) {
    assert.throws(() => compileGlob(pattern), { code: "invalid-glob", argument: "glob", message });
  }
});

void test("the bounds are 512 code points and 16 wildcards of any sort", () => {
  assert.ok(compileGlob("😀".repeat(512)).matches("😀".repeat(512)));
  assert.throws(() => compileGlob("😀".repeat(513)), {
    code: "invalid-glob",
    message: /longer than 512/,
  });
  assert.throws(() => compileGlob("x".repeat(1e6)), {
    code: "invalid-glob",
    message: /longer than 512/,
  });
  const sixteen = "*?[a]\\*".repeat(5) + "*";
  assert.equal(compileGlob(sixteen).literal, null);
  assert.throws(() => compileGlob(`${sixteen}?`), { message: /more than 16 wildcards/ });
});

/** A key that counts how often it is read. */
function counted(text: string): {
  readonly length: number;
  reads: number;
  codePointAt(index: number): number | undefined;
} {
  return {
    length: text.length,
    reads: 0,
    codePointAt(index) {
      this.reads += 1;
      return text.codePointAt(index);
    },
  };
}

void test("the worst patterns on the longest key take at most key times pattern steps", () => {
  const patterns = [
    "*a*a*a*b",
    `${"*a".repeat(15)}*b`,
    `*${"a".repeat(255)}b`,
    "*?*?*?*b",
    `*${"?".repeat(15)}b`,
  ];
  for (const pattern of patterns) {
    const key = counted("a".repeat(512));
    assert.equal(matchFrom(key, 0, parseGlob(pattern, "glob").rest), false);
    assert.ok(
      key.reads <= 512 * (pattern.length + 1),
      `${pattern.slice(0, 20)}: ${key.reads} reads`,
    );
  }
  const key = counted("a".repeat(512));
  matchFrom(key, 0, parseGlob("*a*a*a*b", "glob").rest);
  assert.ok(key.reads <= 3 * 512, `${key.reads} reads`);
});

/** Exponential, and plain to see: tries every length for every star. Well-formed patterns only. */
function naiveMatch(pattern: readonly string[], key: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return key.length === 0;
  if (first === "*") {
    return naiveMatch(rest, key) || (key.length > 0 && naiveMatch(pattern, key.slice(1)));
  }
  const [point, ...tail] = key;
  if (point === undefined) return false;
  if (first === "?") return naiveMatch(rest, tail);
  if (first === "\\") return rest[0] === point && naiveMatch(rest.slice(1), tail);
  if (first !== "[") return first === point && naiveMatch(rest, tail);
  const end = rest.indexOf("]");
  const negated = rest[0] === "^";
  const text = rest.slice(negated ? 1 : 0, end).join("");
  const inside = text === "a-c" ? "abc".includes(point) : text.includes(point);
  return inside !== negated && naiveMatch(rest.slice(end + 1), tail);
}

const alphabet = fc.constantFrom("a", "b", "c", "😀");
const keys = fc.string({ unit: alphabet, maxLength: 7 });

void test("matching agrees with a matcher that tries everything", () => {
  const parts = fc.constantFrom(
    "a",
    "b",
    "*",
    "?",
    "[ab]",
    "[^a]",
    "[a-c]",
    "[^😀]",
    "\\a",
    "\\*",
    "😀",
  );
  const patterns = fc.array(parts, { minLength: 1, maxLength: 6 }).map((list) => list.join(""));
  fc.assert(
    fc.property(patterns, keys, (pattern, key) => {
      const glob = compileGlob(pattern);
      const matched = glob.matches(key);
      assert.equal(matched, naiveMatch(Array.from(pattern), Array.from(key)));
      if (matched) assert.ok(key.startsWith(glob.prefix));
      if (glob.literal !== null) assert.equal(matched, key === glob.literal);
    }),
    { numRuns: 3000 },
  );
});

void test("any text escaped matches itself and nothing else", () => {
  const texts = fc.string({
    unit: fc.constantFrom("*", "?", "[", "]", "\\", "^", "-", "a", "😀"),
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(texts, texts, (text, other) => {
      const glob = compileGlob(escapeGlob(text));
      assert.equal(glob.literal, text);
      assert.equal(glob.matches(other), other === text);
    }),
  );
});

void test("no pattern makes the compiler fail otherwise than by its own error", () => {
  const texts = fc.string({
    unit: fc.constantFrom("*", "?", "[", "]", "\\", "^", "-", "a", "\ud800"),
    maxLength: 8,
  });
  fc.assert(
    fc.property(texts, keys, (pattern, key) => {
      try {
        compileGlob(pattern).matches(key);
      } catch (error) {
        assert.ok(error instanceof Error && error.name === "CacheError", String(error));
      }
    }),
  );
});
