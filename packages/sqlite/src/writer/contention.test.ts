import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { test } from "node:test";
import { connectReader, connectWriter } from "../file/connect.js";
import { openDurable } from "../open-durable.js";
import { kv, linesOf, nextLine, runPart, scratch, until } from "../scratch.test.kit.js";

const locker = new URL("./lock.test.part.ts", import.meta.url);

const count = "SELECT count(*) AS n FROM kv";

void test("another process that holds the write lock for 4 s delays a write, but neither reads nor the event loop", async (t) => {
  await using durable = await openDurable({ ...kv, directory: scratch(t) });
  await durable.write([["put", "a", "1"]]);
  const other = runPart(t, locker, [durable.path, "4000"]);
  assert.equal(await nextLine(linesOf(other)), "locked");
  const loop = monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  const started = performance.now();
  const written = durable.write([["put", "b", "1"]]);
  let slowestRead = 0;
  const reads = setInterval(() => {
    const before = performance.now();
    assert.equal(durable.reader(count).get()?.["n"], 1);
    slowestRead = Math.max(slowestRead, performance.now() - before);
  }, 20);
  await written;
  clearInterval(reads);
  loop.disable();
  assert(performance.now() - started > 2_000, "the lock was not in the way");
  assert(slowestRead < 500, `a read took ${slowestRead} ms`);
  assert(loop.max / 1e6 < 500, `the event loop stood still for ${loop.max / 1e6} ms`);
});

void test("a lock that outlasts the wait is an error that goes away by itself", async (t) => {
  await using durable = await openDurable({ ...kv, directory: scratch(t), lockWaitMs: 50 });
  await durable.write([["put", "a", "1"]]);
  const other = connectWriter(durable.path, 0);
  other.db.exec("BEGIN IMMEDIATE");
  await assert.rejects(durable.write([["put", "b", "1"]]), { code: "busy", retryable: true });
  assert.equal(durable.writeState().t, "refusing");
  other.db.exec("COMMIT");
  other.db.close();
  await until(() => durable.writeState().t === "writable");
});

void test("the log stays within its bound under a reader that does not end, and shrinks when it does", async (t) => {
  const maxWalBytes = 4 * 1024 * 1024;
  const directory = scratch(t);
  await using durable = await openDurable({ ...kv, directory, maxWalBytes });
  await durable.write([["put", "a", "1"]]);
  const reader = connectReader(join(directory, "store.sqlite"));
  reader.db.exec("BEGIN; SELECT count(*) FROM kv");
  const walBytes = (): number => statSync(`${durable.path}-wal`).size;
  let refusal: unknown;
  for (let n = 0; n < 20_000 && refusal === undefined; n += 1) {
    refusal = await durable
      .write([["put", `k${n % 500}`, `${n}`.repeat(50)]])
      .catch((error: unknown) => error);
  }
  assert(refusal instanceof Error && "code" in refusal);
  assert.equal(refusal.code, "busy");
  assert.match(refusal.message, /a reader keeps \d+ bytes of its log/);
  const refusedAt = walBytes();
  for (let n = 0; n < 5; n += 1) {
    await assert.rejects(durable.write([["put", "more", `${n}`]]), { code: "busy" });
  }
  assert.equal(walBytes(), refusedAt);
  assert(walBytes() < maxWalBytes + 2 * 1024 * 1024, `the log has ${walBytes()} bytes`);
  reader.db.exec("COMMIT");
  reader.db.close();
  await until(() => durable.writeState().t === "writable");
  await durable.write([["put", "after", "1"]]);
  await until(() => walBytes() < 64 * 1024, 15_000);
});

void test("a backup that is being taken does not hold writes up", async (t) => {
  const directory = scratch(t);
  await using durable = await openDurable({ ...kv, directory });
  await durable.write([["fill", 50_000]]);
  let done = false;
  const backup = durable.backup(join(directory, "b.sqlite")).then(() => {
    done = true;
  });
  let during = 0;
  while (!done) {
    await durable.write([["put", "a", String(during)]]);
    during += 1;
  }
  await backup;
  assert(during > 3, `only ${during} writes while the backup was taken`);
});
