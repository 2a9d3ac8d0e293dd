import assert from "node:assert/strict";
import { test } from "node:test";
import type { Durable } from "@holdfast/sqlite";
import { type MemoryDurable, openMemoryDurable } from "@holdfast/sqlite/testing";
import { eventually, manualClock } from "@holdfast/testkit";
import { migrations, statements } from "./disk/schema.js";
import { Renewal } from "./renewal.js";

const open = (): MemoryDurable => openMemoryDurable({ migrations, statements });

async function damage(file: MemoryDurable): Promise<void> {
  file.setFailure("damaged");
  await assert.rejects(file.write([["putNote", "name", "body"]]), { code: "damaged" });
}

async function isClosed(file: Durable): Promise<void> {
  await assert.rejects(file.write([["putNote", "name", "body"]]), { code: "closed" });
}

void test("a file that is found damaged is replaced, as often as it happens, and the last one closed at the end", async () => {
  const files = [open(), open(), open()];
  const [first, second, third] = files;
  assert.ok(first !== undefined && second !== undefined && third !== undefined);
  const used: Durable[] = [first];
  const renewal = new Renewal({
    durable: first,
    open: async () => files[used.length] ?? assert.fail(),
    clock: manualClock(),
    use: (durable) => used.push(durable),
    failed: (cause) => assert.fail(String(cause)),
  });
  await damage(first);
  await eventually(() => used.length === 2);
  await isClosed(first);
  await damage(second);
  await eventually(() => used.length === 3);
  await renewal[Symbol.asyncDispose]();
  await isClosed(third);
});

void test("a file that cannot be replaced yet is tried again, until the end", async () => {
  const clock = manualClock();
  const first = open();
  let tries = 0;
  const failures: unknown[] = [];
  const renewal = new Renewal({
    durable: first,
    open: async () => {
      tries += 1;
      throw new Error("the disk is full");
    },
    clock,
    use: () => assert.fail(),
    failed: (cause) => failures.push(cause),
  });
  await damage(first);
  for (const count of [1, 2, 3]) {
    await eventually(() => failures.length === count && clock.pendingTimers() > 0);
    clock.advance(5_000);
  }
  await eventually(() => failures.length === 4);
  await renewal[Symbol.asyncDispose]();
  clock.advance(60_000);
  assert.equal(tries, 4);
});
