import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { deriveKey, keyIdOf } from "./derive-key.js";
import { createSealer, type SealingKey } from "./sealer.js";

const text = new TextEncoder();
const plain = text.encode("allow alice");
const context = text.encode("auth:alice");

function key(id: string): SealingKey {
  return { id, key: deriveKey(randomBytes(32), "test") };
}

void test("what is sealed opens again, and shows nothing of itself", () => {
  const sealer = createSealer({ keys: [key("a")] });
  const sealed = sealer.seal(plain, context);
  assert.deepEqual(sealer.unseal(sealed, context), plain);
  assert.equal(Buffer.from(sealed).includes("alice"), false);
  assert.notDeepEqual(sealer.seal(plain, context), sealed);
});

void test("nothing at all can be sealed too", () => {
  const sealer = createSealer({ keys: [key("a")] });
  const empty = new Uint8Array();
  assert.deepEqual(sealer.unseal(sealer.seal(empty, empty), empty), empty);
});

void test("every changed bit and every cut is noticed", () => {
  const sealer = createSealer({ keys: [key("a")] });
  const sealed = sealer.seal(plain, context);
  for (let place = 0; place < sealed.byteLength; place += 1) {
    const changed = Uint8Array.from(sealed);
    changed[place] = (changed[place] ?? 0) ^ 1;
    assert.throws(() => sealer.unseal(changed, context), { code: "unsealable" }, `byte ${place}`);
    assert.throws(() => sealer.unseal(sealed.subarray(0, place), context), { code: "unsealable" });
  }
});

void test("bytes do not open where they do not belong", () => {
  const sealer = createSealer({ keys: [key("a")] });
  const sealed = sealer.seal(plain, context);
  assert.throws(() => sealer.unseal(sealed, text.encode("auth:bob")), { code: "unsealable" });
});

void test("while keys change the first one seals and both open", () => {
  const [old, next] = [key("2026-10"), key("2026-11")];
  const before = createSealer({ keys: [old] });
  const during = createSealer({ keys: [next, old] });
  const after = createSealer({ keys: [next] });
  const sealed = before.seal(plain, context);
  assert.deepEqual(during.unseal(sealed, context), plain);
  assert.equal(during.isCurrent(sealed), false);
  const anew = during.seal(plain, context);
  assert.equal(during.isCurrent(anew), true);
  assert.deepEqual(after.unseal(anew, context), plain);
  assert.throws(() => after.unseal(sealed, context), {
    code: "unsealable",
    message: 'Cannot unseal bytes: no live key has the id "2026-10"',
  });
});

void test("the same id over another key does not open", () => {
  const sealed = createSealer({ keys: [key("a")] }).seal(plain, context);
  const other = createSealer({ keys: [key("a")] });
  assert.throws(() => other.unseal(sealed, context), { code: "unsealable" });
});

void test("keys of the wrong form are refused by name", () => {
  const short = { id: "a", key: randomBytes(16) };
  assert.throws(() => createSealer({ keys: [short] }), {
    code: "invalid",
    message: /"a" has "16"/,
  });
  const unnamed = { ...key("a"), id: "" };
  assert.throws(() => createSealer({ keys: [unnamed] }), { code: "invalid", message: /id is ""/ });
  const twice = key("a");
  assert.throws(() => createSealer({ keys: [twice, key("a")] }), { code: "invalid" });
});

void test("a derived key depends on the fleet key and on its purpose, and nothing else", () => {
  const fleetKey = randomBytes(32);
  assert.deepEqual(deriveKey(fleetKey, "seal"), deriveKey(fleetKey, "seal"));
  assert.notDeepEqual(deriveKey(fleetKey, "seal"), deriveKey(fleetKey, "mac"));
  assert.notDeepEqual(deriveKey(fleetKey, "seal"), deriveKey(randomBytes(32), "seal"));
  assert.match(keyIdOf(fleetKey), /^[0-9a-f]{8}$/);
  assert.throws(() => deriveKey(randomBytes(31), "seal"), {
    code: "invalid",
    message: /"31" bytes/,
  });
});
