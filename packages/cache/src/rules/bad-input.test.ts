import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type TemporaryDirectory, temporaryDirectory } from "@holdfast/testkit";
import type { Cache } from "../cache-contract.js";
import { CacheError, type CacheErrorCode } from "../cache-error.js";
import { createCache } from "../create-cache.js";

let directory: TemporaryDirectory;
let cache: Cache;

before(async () => {
  directory = await temporaryDirectory();
  cache = createCache({ directory: directory.file("cache") });
  await cache.start();
  await cache.set("auth:alice", { allow: true }, 60);
});

after(async () => {
  await cache.stop();
  await directory[Symbol.asyncDispose]();
});

const cyclic: unknown[] = [];
cyclic.push(cyclic);
const badKeys: readonly unknown[] = [
  undefined,
  null,
  7,
  "",
  "x".repeat(513),
  "€".repeat(171),
  "a\0b",
  "a\ud800",
];
const badValues: readonly unknown[] = [
  null,
  undefined,
  () => 1,
  cyclic,
  "x".repeat(1_000_001),
  Number.NaN,
  { a: undefined },
];
const badTtls: readonly unknown[] = [
  0,
  -1,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  "60",
  undefined,
  8.1 * 86_400,
];
const badGlobs: readonly unknown[] = [7, "", "auth:[a", "auth:\\", "x".repeat(513), "?".repeat(17)];

/** Calls a method as JavaScript does, with whatever arguments. */
async function call(method: keyof Cache, args: readonly unknown[]): Promise<unknown> {
  const found: unknown = Reflect.get(cache, method);
  assert.ok(typeof found === "function");
  return Reflect.apply(found, cache, args);
}

type Row = readonly [CacheErrorCode, keyof Cache & string, readonly unknown[]];

const rows: readonly Row[] = [
  ...badKeys.flatMap((key): Row[] => [
    ...(key === undefined ? [] : [["invalid-key", "get", [key]] satisfies Row]),
    ["invalid-key", "getMany", [["auth:alice", key]]],
    ["invalid-key", "set", [key, 1, 60]],
    ["invalid-key", "delete", [key]],
    ["invalid-key", "peek", [key]],
    ["invalid-key", "invalidate", [{ key }]],
    ["invalid-key", "fetch", [key, async () => 1]],
  ]),
  ...badValues.flatMap((value): Row[] => [
    ["invalid-value", "set", ["auth:alice", value, 60]],
    ["invalid-value", "set", ["auth:alice", value, 60, { copy: true }]],
  ]),
  ...badTtls.map((ttl): Row => ["invalid-ttl", "set", ["auth:alice", 1, ttl]]),
  ...badGlobs.flatMap((glob): Row[] => [
    ["invalid-glob", "delMatching", [glob]],
    ["invalid-glob", "invalidate", [{ glob }]],
  ]),
  ["invalid-tag", "set", ["auth:alice", 1, 60, { tags: ["a", ""] }]],
  ["invalid-tag", "invalidate", [{ tag: 7 }]],
  ["invalid-option", "invalidate", [null]],
  ["invalid-option", "invalidate", [{}]],
  ["invalid-option", "set", ["auth:alice", 1, 60, { acknowledge: "maybe" }]],
  ["invalid-option", "delete", ["auth:alice", { acknowledge: "maybe" }]],
  ["invalid-option", "fetch", ["auth:new", async () => 1, { ttlMs: -1 }]],
  ["invalid-option", "fetch", ["auth:new", async () => 1, null]],
  ["invalid-value", "fetch", ["auth:new", async () => undefined]],
  ["invalid-value", "fetch", ["auth:new", async () => cyclic]],
];

for (const [code, method, args] of rows) {
  const shown = args.map((arg) =>
    typeof arg === "string" ? JSON.stringify(arg.slice(0, 20)) : typeof arg,
  );
  void test(`${method}(${shown.join(", ")}) is refused with ${code}, and nothing changes`, async () => {
    await assert.rejects(call(method, args), (error) => {
      assert.ok(error instanceof CacheError, String(error));
      assert.equal(error.code, code);
      assert.ok(error.argument !== undefined, "the argument is named");
      assert.ok(error.message.length < 400, "a long value is quoted short");
      return true;
    });
    assert.deepEqual(await cache.get("auth:alice"), { allow: true });
    assert.equal(await cache.get("auth:new"), null);
    assert.equal(cache.status().unpublished, 0);
  });
}
