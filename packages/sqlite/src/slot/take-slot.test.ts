import assert from "node:assert/strict";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { linesOf, nextLine, runPart, scratch } from "../scratch.test.kit.js";
import { listSlots, takeSlot, trySlot } from "./take-slot.js";

const holder = new URL("./hold-slot.test.part.ts", import.meta.url);

void test("takes the lowest slot, in a directory of its own", async (t) => {
  const shared = scratch(t);
  await using first = takeSlot(shared);
  await using second = takeSlot(shared);
  assert.deepEqual([first.index, second.index], [0, 1]);
  assert.equal(first.directory, join(shared, "slot-0"));
  assert.equal(statSync(first.directory).mode & 0o777, 0o700);
  assert.equal(statSync(join(first.directory, "lock")).mode & 0o777, 0o600);
});

void test("a released slot is free, and releasing it again takes it from nobody", (t) => {
  const shared = scratch(t);
  const first = takeSlot(shared);
  first.release();
  const second = takeSlot(shared);
  first.release();
  assert.equal(second.index, 0);
  assert.equal(trySlot(shared, 0), undefined);
  second.release();
});

void test("another process takes another slot, and kill -9 frees it", async (t) => {
  const shared = scratch(t);
  const other = runPart(t, holder, [shared]);
  assert.equal(await nextLine(linesOf(other)), "0");
  await using mine = takeSlot(shared);
  assert.equal(mine.index, 1);
  assert.equal(trySlot(shared, 0), undefined);
  other.kill("SIGKILL");
  await new Promise((resolve) => other.once("exit", resolve));
  await using adopted = trySlot(shared, 0);
  assert.equal(adopted?.index, 0);
});

void test("trying a slot that this process holds does not give it to another process", async (t) => {
  const shared = scratch(t);
  await using mine = takeSlot(shared);
  assert.equal(mine.index, 0);
  assert.equal(trySlot(shared, 0), undefined);
  const other = runPart(t, holder, [shared]);
  assert.equal(await nextLine(linesOf(other)), "1");
});

void test("a slot whose handle nobody keeps is still held", async (t) => {
  const shared = scratch(t);
  const index = ((): number => takeSlot(shared).index)();
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  assert.ok(typeof collect === "function");
  // What is found in one round is finalized in a later one.
  for (let round = 0; round < 10; round += 1) {
    await setImmediate();
    collect();
  }
  const other = runPart(t, holder, [shared]);
  assert.equal(await nextLine(linesOf(other)), String(index + 1));
});

void test("of many processes that start at once each gets a slot of its own", async (t) => {
  const shared = scratch(t);
  const others = Array.from({ length: 4 }, () => runPart(t, holder, [shared]));
  const taken = await Promise.all(others.map((other) => nextLine(linesOf(other))));
  assert.deepEqual(taken.sort(), ["0", "1", "2", "3"]);
});

void test("lists the slots that were ever taken", (t) => {
  const shared = scratch(t);
  assert.deepEqual(listSlots(join(shared, "missing")), []);
  const slots = [takeSlot(shared), takeSlot(shared)];
  for (const slot of slots) slot.release();
  mkdirSync(join(shared, "slot-x"));
  assert.deepEqual(listSlots(shared), [
    { index: 0, directory: join(shared, "slot-0") },
    { index: 1, directory: join(shared, "slot-1") },
  ]);
});

void test("says which directory is full when every slot is held", async (t) => {
  const shared = scratch(t);
  await using slot = takeSlot(shared, { maxSlots: 1 });
  assert.equal(slot.index, 0);
  assert.throws(() => takeSlot(shared, { maxSlots: 1 }), {
    code: "busy",
    message: `Cannot take a slot in "${shared}": all 1 are held by running processes`,
  });
  assert.equal(existsSync(join(shared, "slot-1")), false);
});

void test("refuses bounds that make no sense", (t) => {
  const shared = scratch(t);
  assert.throws(() => takeSlot(shared, { maxSlots: 0 }), { code: "invalid", message: /"0"/ });
  assert.throws(() => trySlot(shared, -1), { code: "invalid", message: /"-1"/ });
});
