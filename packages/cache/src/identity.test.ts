import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryDurable } from "@holdfast/sqlite/testing";
import { Disk } from "./disk/disk.js";
import { migrations, statements } from "./disk/schema.js";
import { Identity } from "./identity.js";

const halfway = (): number => 0.5;

/** One run after the other on the same disk. */
async function runs(...each: readonly ((identity: Identity) => void)[]): Promise<Identity> {
  const disk = new Disk(openMemoryDurable({ migrations, statements }));
  for (const run of each) {
    run(new Identity(disk, "home", halfway));
    await disk.commit();
  }
  return new Identity(disk, "home", halfway);
}

void test("no run makes the numbers of another", async () => {
  const made: number[] = [];
  const make = (identity: Identity): void => {
    made.push(identity.nextOperation());
  };
  make(await runs(make, make, make));
  assert.deepEqual(
    made,
    [...new Set(made)].sort((one, other) => one - other),
  );
});

void test("a number is known to the disk only once the log has been read", async () => {
  let first = 0;
  const unread = await runs((identity) => {
    first = identity.nextOperation();
  });
  assert.ok(unread.operationsFrom < first);
  const read = await runs((identity) => {
    first = identity.nextOperation();
    identity.reconcile();
  });
  assert.ok(read.operationsFrom > first);
});

void test("a run that could not read the log leaves the question to the next", async () => {
  const idle = (): void => undefined;
  const { operationsFrom } = await runs(idle, idle, idle);
  assert.equal(operationsFrom, 0);
});
