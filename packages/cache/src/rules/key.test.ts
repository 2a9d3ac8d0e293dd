import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CacheError } from "../cache-error.js";
import { checkKey, kindOf, maxKeyBytes } from "./key.js";

function faultOf(key: unknown): string {
  try {
    checkKey(key);
  } catch (error) {
    assert.ok(error instanceof CacheError);
    assert.equal(error.code, "invalid-key");
    assert.equal(error.argument, "key");
    assert.equal(error.retryable, false);
    return error.message;
  }
  return "";
}

void test("a key that every tier can hold passes", () => {
  for (const key of ["a", "auth:alice", "é", "😀", "a b\n", "x".repeat(512), "é".repeat(256)]) {
    assert.equal(faultOf(key), "", key);
  }
});

void test("what cannot be a key is refused and named", () => {
  const rows: readonly [unknown, string][] = [
    [undefined, "Cannot use key undefined: it should be a string"],
    [42, "Cannot use key 42: it should be a string"],
    [null, "Cannot use key null: it should be a string"],
    [["a"], "Cannot use key an array of 1: it should be a string"],
    [{}, "Cannot use key an object: it should be a string"],
    ["", 'Cannot use key "": it is empty'],
    ["a\0b", 'Cannot use key "a\\u0000b": it contains NUL'],
    ["auth:\ud800", 'Cannot use key "auth:\\ud800": it contains a lone surrogate'],
    ["\udc00x", 'Cannot use key "\\udc00x": it contains a lone surrogate'],
    ["\udc00\udc00", 'Cannot use key "\\udc00\\udc00": it contains a lone surrogate'],
    ["\ud800\ud800", 'Cannot use key "\\ud800\\ud800": it contains a lone surrogate'],
  ];
  for (const [key, message] of rows) assert.equal(faultOf(key), message);
});

void test("the bound is in bytes, and a long key is quoted short", () => {
  assert.match(faultOf("x".repeat(513)), /longer than 512 bytes/);
  assert.match(faultOf("é".repeat(257)), /longer than 512 bytes/);
  assert.match(faultOf("€".repeat(171)), /longer than 512 bytes/);
  assert.match(faultOf("😀".repeat(129)), /longer than 512 bytes/);
  assert.ok(faultOf("x".repeat(1_000_000)).length < 160);
});

void test("the argument at fault is named", () => {
  assert.throws(() => checkKey("", "keys[3]"), {
    argument: "keys[3]",
    message: /^Cannot use keys\[3\]/,
  });
});

void test("a key passes exactly if UTF-8 carries it whole, without NUL, in its bounds", () => {
  const units = fc.array(fc.constantFrom("a", "\0", "é", "€", "\ud83d", "\ude00", "x".repeat(200)));
  fc.assert(
    fc.property(units, (parts) => {
      const key = parts.join("");
      const bytes = Buffer.from(key, "utf8");
      const carried =
        key !== "" &&
        !key.includes("\0") &&
        bytes.toString("utf8") === key &&
        bytes.length <= maxKeyBytes;
      assert.equal(faultOf(key) === "", carried);
    }),
  );
});

void test("the kind is the text before the first colon, else other", () => {
  const rows = {
    "auth:alice": "auth",
    "a:b:c": "a",
    alice: "other",
    ":x": "other",
    "": "other",
    "net:": "net",
  };
  for (const [key, kind] of Object.entries(rows)) assert.equal(kindOf(key), kind, key);
});
