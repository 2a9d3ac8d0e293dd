import assert from "node:assert/strict";
import { test } from "node:test";
import type { SharedStore } from "../log/shared-store.js";
import { ModelLink } from "../testing/model-link.js";
import { RedisModel } from "../testing/redis-model.js";
import { SignedStore } from "./signed-store.js";

const oldKey = new Uint8Array(32).fill(1);
const newKey = new Uint8Array(32).fill(2);

/** A link to the model that delivers every call at once. */
function linked(model: RedisModel): {
  readonly store: SharedStore;
  readonly settled: <T>(call: Promise<T>) => Promise<T>;
} {
  const link = new ModelLink(model);
  return {
    store: link,
    settled: (call) => {
      link.settleAll();
      return call;
    },
  };
}

function signed(
  store: SharedStore,
  keys: readonly Uint8Array[],
  forged: string[] = [],
): SignedStore {
  return new SignedStore(store, { keys, prefix: "p", forged: (key) => forged.push(key) });
}

const found = { expected: null, ordinal: 1, id: "g1" };
const reading = {
  memberId: "a",
  leaseMs: 6_000,
  generation: "g1",
  cursor: 0,
  said: true,
  limit: 10,
};

async function publish(model: RedisModel, keys: readonly Uint8Array[]): Promise<void> {
  const { store, settled } = linked(model);
  const signing = signed(store, keys);
  await settled(signing.found(found));
  const operation = {
    member: "k:auth:alice",
    barrier: false,
    token: "a.1",
    row: "1{}",
    operation: 1,
  };
  const request = {
    memberId: "a",
    generation: "g1",
    cursor: 0,
    tokenAtCursor: null,
    ownOperation: 0,
    operations: [operation],
  };
  assert.equal((await settled(signing.publish(request))).t, "published");
}

void test("a signed row is read by whoever holds the key, also while it is being changed", async () => {
  const model = new RedisModel({ nowMs: () => 1_000 });
  await publish(model, [oldKey]);
  for (const keys of [[oldKey], [newKey, oldKey]]) {
    const { store, settled } = linked(model);
    const reply = await settled(signed(store, keys).tail(reading));
    assert.deepEqual(
      reply.entries.map((entry) => entry.row),
      ["1{}"],
    );
  }
});

void test("a row signed with another key, or not at all, is empty and reported", async () => {
  const model = new RedisModel({ nowMs: () => 1_000 });
  await publish(model, [oldKey]);
  const forged: string[] = [];
  const { store, settled } = linked(model);
  const reply = await settled(signed(store, [newKey], forged).tail(reading));
  assert.deepEqual(
    reply.entries.map((entry) => entry.row),
    [""],
  );
  assert.deepEqual(forged, ["k:auth:alice"]);
});

void test("a copy that is changed, or moved to another key or generation, is a miss and reported", async () => {
  const model = new RedisModel({ nowMs: () => 1_000 });
  const forged: string[] = [];
  const { store, settled } = linked(model);
  const signing = signed(store, [oldKey], forged);
  await settled(signing.writeCopy("g1", "auth:bob", Buffer.from("allow"), 1_000));
  assert.equal(
    Buffer.from((await settled(signing.readCopy("g1", "auth:bob"))) ?? []).toString(),
    "allow",
  );
  const bytes = (await settled(store.readCopy("g1", "auth:bob"))) ?? new Uint8Array();
  const changed = Uint8Array.from(bytes);
  changed[changed.length - 1] = 0x21;
  await settled(store.writeCopy("g1", "auth:bob", changed, 1_000));
  await settled(store.writeCopy("g1", "auth:mallory", bytes, 1_000));
  await settled(store.writeCopy("g2", "auth:bob", bytes, 1_000));
  await settled(store.writeCopy("g1", "auth:eve", Buffer.from("allow"), 1_000));
  for (const [generation, key] of [
    ["g1", "auth:bob"],
    ["g1", "auth:mallory"],
    ["g2", "auth:bob"],
    ["g1", "auth:eve"],
  ] as const) {
    assert.equal(await settled(signing.readCopy(generation, key)), undefined);
  }
  assert.deepEqual(forged, ["auth:bob", "auth:mallory", "auth:bob", "auth:eve"]);
});
