import assert from "node:assert/strict";
import { test } from "node:test";
import type { RemovalTarget } from "../cache-contract.js";
import { acknowledgeLevel, literalKey } from "./arguments.js";

void test("a write is acknowledged once it is durable where nothing else is asked for", () => {
  assert.equal(acknowledgeLevel({}), "durable");
  assert.equal(acknowledgeLevel({ acknowledge: "all" }), "all");
});

void test("a level that is none, or a field that is misspelt, is refused", () => {
  const misspelt: { acknowledge?: "all" } = {};
  Object.assign(misspelt, { acknowlege: "all" });
  assert.throws(() => acknowledgeLevel(misspelt), {
    code: "invalid-option",
    message: 'Cannot use options: there is no field "acknowlege", the nearest is "acknowledge"',
  });
  const unknown: { acknowledge?: "all" } = {};
  Object.assign(unknown, { acknowledge: "both" });
  assert.throws(() => acknowledgeLevel(unknown), {
    code: "invalid-option",
    argument: "acknowledge",
    message:
      'Cannot use acknowledge "both": it should be one of "memory", "durable", "shared", "all"',
  });
});

void test("a target means one key, by name or by a glob without wildcards, or it may mean several", () => {
  const rows: readonly [RemovalTarget, string | null][] = [
    [{ key: "auth:*" }, "auth:*"],
    [{ glob: "auth:\\*" }, "auth:*"],
    [{ glob: "auth:*" }, null],
    [{ glob: "é".repeat(300) }, null],
    [{ tag: "t" }, null],
    [{ namespace: "auth" }, null],
  ];
  for (const [target, key] of rows) assert.equal(literalKey(target), key);
});

void test("what is no target is refused", () => {
  const rows: readonly [object, string, string][] = [
    [{}, "invalid-option", "target"],
    [{ key: "a", tag: "b" }, "invalid-option", "target"],
    [{ keys: "a" }, "invalid-option", "target.keys"],
    [{ key: null }, "invalid-key", "key"],
    [{ glob: "[" }, "invalid-glob", "glob"],
    [{ tag: "" }, "invalid-tag", "tag"],
    [{ namespace: "" }, "invalid-key", "namespace"],
  ];
  for (const [given, code, argument] of rows) {
    const target: RemovalTarget = { key: "replaced" };
    Reflect.deleteProperty(target, "key");
    assert.throws(() => literalKey(Object.assign(target, given)), { code, argument });
  }
});
