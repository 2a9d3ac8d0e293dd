import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { openDurable } from "../open-durable.js";
import { kv, scratch, until } from "../scratch.test.kit.js";
import { WriteStateHolder } from "../write-state.js";
import { ThreadWriter } from "./thread-writer.js";

void test("a thread that dies fails what it was given, and the next one takes over", async (t) => {
  const directory = scratch(t);
  const durable = await openDurable({ ...kv, directory });
  await durable.close();
  const mortal = join(directory, "mortal.mjs");
  const state = new WriteStateHolder();
  const settings = {
    path: durable.path,
    statements: kv.statements,
    lockWaitMs: 1_000,
    maxWalBytes: 2 ** 28,
    checkWhenIdle: false,
  };
  const writer = new ThreadWriter(settings, state, Date.now, pathToFileURL(mortal));
  const dies =
    'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => { throw new Error("shot"); });';
  writeFileSync(mortal, dies);
  const results = await Promise.allSettled([
    writer.write([["put", "a", "1"]]),
    writer.write([["put", "b", "1"]]),
    writer.vacuum(1),
  ]);
  for (const result of results) {
    assert(result.status === "rejected");
    assert.equal(result.reason.code, "internal");
    assert.equal(result.reason.cause.message, "shot");
  }
  assert.equal(state.state.t, "refusing");
  const real = new URL(
    import.meta.url.endsWith(".ts") ? "./start-from-source.mjs" : "./writer-thread.js",
    import.meta.url,
  );
  writeFileSync(mortal, `await import(${JSON.stringify(real.href)});`);
  // Nobody writes: the writer looks by itself whether the file takes writes again.
  await until(() => state.state.t === "writable");
  await writer.write([["put", "c", "1"]]);
  await writer.close();
  await using again = await openDurable({ ...kv, directory });
  assert.deepEqual(
    again
      .reader("SELECT k FROM kv")
      .all()
      .map((row) => row["k"]),
    ["c"],
  );
});

void test("a thread that cannot be started is an error, not the end of the process", async (t) => {
  const directory = scratch(t);
  const durable = await openDurable({ ...kv, directory });
  await durable.close();
  const state = new WriteStateHolder();
  const nowhere = new URL("https://localhost/nothing.js");
  const settings = {
    path: durable.path,
    statements: kv.statements,
    lockWaitMs: 1_000,
    maxWalBytes: 2 ** 28,
    checkWhenIdle: false,
  };
  const writer = new ThreadWriter(settings, state, Date.now, nowhere);
  await assert.rejects(writer.write([["put", "a", "1"]]), { code: "internal" });
  assert.equal(state.state.t, "refusing");
  await writer.close();
});
