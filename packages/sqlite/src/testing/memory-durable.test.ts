import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { openDurable } from "../open-durable.js";
import { kv, scratch } from "../scratch.test.kit.js";
import { openMemoryDurable } from "./memory-durable.js";

const all = "SELECT k FROM kv ORDER BY k";

void test("a unit is committed when write returns", () => {
  const durable = openMemoryDurable(kv);
  void durable.write([["put", "a", "1"]]);
  assert.deepEqual({ ...durable.reader("SELECT k, v FROM kv").get() }, { k: "a", v: "1" });
});

void test("a crash keeps what was committed and ends the old handle", async () => {
  const before = openMemoryDurable(kv);
  await before.write([["put", "a", "1"]]);
  const reader = before.reader(all);
  await using after = before.crash();
  assert.deepEqual(after.opening, { t: "opened" });
  assert.equal(after.reader(all).all().length, 1);
  assert.throws(() => reader.all(), { code: "closed" });
  await assert.rejects(before.write([["put", "b", "1"]]), { code: "closed" });
  assert.throws(() => before.crash(), { code: "closed" });
});

void test("a lost disk leaves nothing but the schema", async () => {
  const before = openMemoryDurable(kv);
  await before.write([["put", "a", "1"]]);
  await using after = before.lose();
  assert.deepEqual(after.opening, { t: "created" });
  assert.deepEqual(after.reader(all).all(), []);
  await assert.rejects(before.write([]), { code: "closed" });
});

void test("nothing of a closed one is found by the next, though the ground is used again", async () => {
  for (let round = 0; round < 3; round += 1) {
    await using durable = openMemoryDurable(kv);
    assert.deepEqual(durable.reader(all).all(), []);
    await durable.write([["put", "a", String(round)]]);
  }
});

void test("two that are open at once share nothing", async () => {
  await using one = openMemoryDurable(kv);
  await using other = openMemoryDurable(kv);
  await one.write([["put", "a", "1"]]);
  assert.deepEqual(other.reader(all).all(), []);
});

void test("a failure holds until it is taken back, and changes the write state", async () => {
  let nowMs = 1_000;
  await using durable = openMemoryDurable({ ...kv, now: () => nowMs });
  const states: string[] = [];
  durable.onWriteState((state) => states.push(state.t));
  durable.setFailure("full");
  await assert.rejects(durable.write([["put", "a", "1"]]), { code: "full", retryable: true });
  nowMs = 2_000;
  await assert.rejects(durable.write([["put", "a", "1"]]), { code: "full" });
  const state = durable.writeState();
  assert(state.t === "refusing");
  assert.equal(state.sinceMs, 1_000);
  assert.deepEqual(durable.reader(all).all(), []);
  durable.setFailure(null);
  await durable.write([["put", "a", "1"]]);
  assert.deepEqual(states, ["refusing", "writable"]);
});

void test("a unit that breaks a constraint leaves no trace", async () => {
  await using durable = openMemoryDurable(kv);
  await durable.write([["add", "a", "1"]]);
  const both = [
    ["add", "b", "1"],
    ["add", "a", "2"],
  ] as const;
  await assert.rejects(durable.write(both), { code: "constraint" });
  assert.equal(durable.reader(all).all().length, 1);
  await assert.rejects(durable.write([["missing"]]), { code: "invalid", message: /"missing"/ });
});

void test("its backup opens as a file", async (t) => {
  const directory = scratch(t);
  await using durable = openMemoryDurable(kv);
  await durable.write([["put", "a", "1"]]);
  await durable.backup(join(directory, "store.sqlite"));
  await using file = await openDurable({ ...kv, migrations: [], directory, statements: {} });
  assert.equal(file.reader(all).all().length, 1);
});

void test("a thousand lives of one take well under a second", async () => {
  const started = performance.now();
  for (let life = 0; life < 1_000; life += 1) {
    const durable = openMemoryDurable(kv);
    await durable.write([["put", "a", "1"]]);
    await durable.crash().close();
  }
  assert(performance.now() - started < 1_000);
});
