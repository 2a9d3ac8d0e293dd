import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Durable } from "../durable.js";
import { openDurable } from "../open-durable.js";
import { kv, until } from "../scratch.test.kit.js";
import { takeSlot } from "../slot/take-slot.js";
import { SqliteError } from "../sqlite-error.js";

const count = "SELECT count(*) AS n FROM kv";
// Runs one scenario on a file system of its own, of 8 MiB, and says so when it passed.
const [scenario = "", disk = ""] = process.argv.slice(2);
execFileSync("/usr/bin/mount", ["tmpfs", "-t", "tmpfs", "-o", "size=8m", disk]);
switch (scenario) {
  case "fills-up":
    await fillsUp();
    break;
  case "opens-full":
    await opensFull();
    break;
  case "creates-full":
    await createsFull();
    break;
  case "opens-read-only":
    await opensReadOnly();
    break;
  default:
    throw new Error(`No scenario is named "${scenario}"`);
}
process.stdout.write("passed\n");

async function fillsUp(): Promise<void> {
  await using durable = await openDurable({ ...kv, directory: disk });
  await durable.write([["put", "before", "1"]]);
  const states: string[] = [];
  durable.onWriteState((state) => states.push(state.t === "refusing" ? state.error.code : state.t));
  fill();
  const written = await writeUntilRefused(durable, "full");
  assert.equal(durable.writeState().t, "refusing");
  assert.equal(durable.reader("SELECT v FROM kv WHERE k = 'before'").get()?.["v"], "1");
  await assert.rejects(durable.write([["fill", 10_000]]), { code: "full", retryable: true });
  free();
  await until(() => durable.writeState().t === "writable");
  assert.deepEqual(states, ["full", "writable"]);
  await durable.write([["put", "after", "1"]]);
  await durable.close();
  await using again = await openDurable({ ...kv, directory: disk, role: "record" });
  assert.equal(again.reader(count).get()?.["n"], written + 2);
}

async function opensFull(): Promise<void> {
  await createElsewhere();
  for (const role of ["copy", "record"] as const) {
    fill();
    await using durable = await openDurable({ ...kv, role, directory: join(disk, role) });
    assert.equal(durable.reader(count).get()?.["n"], 1, role);
    await assert.rejects(durable.write([["fill", 10_000]]), retryable);
    assert.equal(durable.writeState().t, "refusing", role);
    free();
    await until(() => durable.writeState().t === "writable");
    await durable.write([["put", "b", "1"]]);
    assert.equal(durable.reader(count).get()?.["n"], 2, role);
  }
}

/** In a process of its own, which leaves no handle that would keep the disk from changing. */
async function createElsewhere(): Promise<void> {
  const file = fileURLToPath(new URL("./create.test.part.ts", import.meta.url));
  const without = [join(disk, "copy"), join(disk, "record")];
  execFileSync(process.execPath, [...process.execArgv, file, ...without, join(disk, "whole")]);
  // Without these the file cannot be used as usual before they are made anew.
  for (const directory of without) {
    for (const end of ["-wal", "-shm"])
      rmSync(join(directory, `store.sqlite${end}`), { force: true });
  }
}

async function createsFull(): Promise<void> {
  fill();
  await assert.rejects(openDurable({ ...kv, directory: join(disk, "new") }), retryable);
  free();
  await using durable = await openDurable({ ...kv, directory: join(disk, "new") });
  await durable.write([["put", "a", "1"]]);
}

async function opensReadOnly(): Promise<void> {
  await createElsewhere();
  remount("ro");
  assert.throws(() => takeSlot(disk), { code: "read-only" });
  await assert.rejects(openDurable({ ...kv, directory: join(disk, "new") }), { code: "read-only" });
  const durables = await Promise.all([
    openDurable({ ...kv, role: "copy", directory: join(disk, "copy") }),
    openDurable({ ...kv, role: "record", directory: join(disk, "record") }),
    openDurable({ ...kv, role: "copy", directory: join(disk, "whole") }),
  ]);
  for (const durable of durables) {
    assert.equal(durable.reader(count).get()?.["n"], 1);
    await assert.rejects(durable.write([["put", "b", "1"]]), retryable);
    assert.equal(durable.writeState().t, "refusing");
  }
  remount("rw");
  for (const durable of durables) {
    await until(() => durable.writeState().t === "writable");
    await durable.write([["put", "b", "1"]]);
    assert.equal(durable.reader(count).get()?.["n"], 2);
    await durable.close();
  }
}

function retryable(error: unknown): boolean {
  return error instanceof SqliteError && error.retryable;
}

async function writeUntilRefused(durable: Durable, code: string): Promise<number> {
  for (let n = 0; ; n += 1) {
    try {
      await durable.write([["put", `n${n}`, "x".repeat(2_000)]]);
    } catch (error) {
      assert(error instanceof SqliteError);
      assert.equal(error.code, code);
      return n;
    }
    assert(n < 10_000, "the disk never filled up");
  }
}

/** Takes what is left of a disk, to the last block. */
function fill(): void {
  const file = openSync(join(disk, "ballast"), "w");
  try {
    for (const size of [65_536, 4_096]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        assert(error instanceof Error && "code" in error && error.code === "ENOSPC");
      }
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function free(): void {
  rmSync(join(disk, "ballast"));
}

function remount(how: "ro" | "rw"): void {
  execFileSync("/usr/bin/mount", ["-o", `remount,${how}`, disk]);
}
