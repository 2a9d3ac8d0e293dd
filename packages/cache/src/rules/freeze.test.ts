import assert from "node:assert/strict";
import { test } from "node:test";
import { deepFreeze, handOut } from "./freeze.js";

void test("plain values are frozen all the way down and handed out as they are", () => {
  const value = { a: [{ b: 1 }], c: "x", n: null };
  assert.equal(deepFreeze(value), true);
  assert.ok(Object.isFrozen(value) && Object.isFrozen(value.a) && Object.isFrozen(value.a[0]));
  assert.equal(handOut(value, true, false), value);
  for (const plain of ["x", 1, null, true]) assert.equal(deepFreeze(plain), true);
});

void test("a value that cannot be frozen is known for one, wherever the part is", () => {
  const parts: readonly unknown[] = [
    new Date(1),
    new Map(),
    new Set(),
    new Uint8Array(1),
    Buffer.from("x"),
  ];
  for (const part of parts) {
    for (const value of [part, [1, part, 2], { a: { b: part }, z: [] }]) {
      assert.equal(deepFreeze(value), false);
    }
  }
  const value = { when: new Date(1), list: [{}], map: new Map([["k", { deep: [] }]]) };
  deepFreeze(value);
  assert.ok(Object.isFrozen(value.list[0]) && Object.isFrozen(value.map.get("k")?.deep));
});

void test("a value that can be changed is copied for each caller, its plain parts frozen", () => {
  const make = () => ({
    when: new Date(1),
    map: new Map([[{ k: 1 }, new Set([[1]])]]),
    bytes: new Uint8Array([1, 2]),
    buffer: Buffer.from("x"),
    plain: [{ a: 1 }],
  });
  const value = make();
  const frozen = deepFreeze(value);
  const first = handOut(value, frozen, false);
  assert.deepEqual(first, make());
  assert.ok(isMade(first) && Object.isFrozen(first) && Object.isFrozen(first.plain[0]));
  first.when.setTime(5);
  first.map.clear();
  first.bytes[0] = 9;
  first.buffer[0] = 0;
  assert.deepEqual(handOut(value, frozen, false), make());

  function isMade(given: unknown): given is ReturnType<typeof make> {
    return typeof given === "object" && given !== null && "plain" in given;
  }
});

void test("with copyOnRead every caller gets a copy that can be changed", () => {
  const value: unknown = JSON.parse('{"a":[{"b":1}],"__proto__":{"c":2}}');
  const frozen = deepFreeze(value);
  const copy = handOut(value, frozen, true);
  assert.deepEqual(copy, value);
  assert.ok(!Object.isFrozen(copy) && copy !== value);
  assert.equal(Object.getPrototypeOf(copy), Object.prototype);
});
