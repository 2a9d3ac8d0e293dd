import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryDirectory } from "../files/temporary-directory.js";
import { TestkitError } from "../testkit-error.js";
import { eventually } from "../wait/eventually.js";
import { isExit, startChild } from "./child.js";
import { crashAt } from "./kill-self-at.js";
import { processState } from "./process-state.js";

const entry = new URL("./testing/sample-child.ts", import.meta.url);

void test("a child answers questions, several at a time, with structured values", async () => {
  await using child = await startChild({ entry, args: ["x"], env: { SAMPLE: "1" } });
  const never = child.ask("never");
  never.catch(() => {});
  assert.equal(await child.ask("add", 1, 2), 3);
  const value = { map: new Map([["a", 1n]]), bytes: new Uint8Array([1, 2]) };
  assert.deepEqual(await child.ask("echo", value), value);
  assert.equal(await child.ask("environment", "SAMPLE"), "1");
  assert.deepEqual(await child.ask("args"), ["x"]);
});

void test("an error of a handler arrives with its name and code", async () => {
  await using child = await startChild({ entry });
  await assert.rejects(child.ask("fail"), {
    name: "TypeError",
    message: "no such thing",
    code: "E_SAMPLE",
  });
  await assert.rejects(child.ask("unknown"), /no "unknown" here/);
});

void test("a question to a child that is killed fails with how it ended and what it said", async () => {
  await using child = await startChild({ entry });
  await child.ask("say", "last words");
  await eventually(() => child.output.includes("last words"));
  const never = child.ask("never");
  await child.kill();
  await assert.rejects(never, /SIGKILL: last words/);
  assert.deepEqual(await child.exited, { code: null, signal: "SIGKILL" });
  await assert.rejects(child.ask("add", 1, 2), isExit);
});

void test("a frozen child answers once it is thawed", async () => {
  await using child = await startChild({ entry });
  child.freeze();
  const order: string[] = [];
  const sum = child.ask("add", 1, 2).finally(() => order.push("answered"));
  await eventually(() => processState(child.pid) === "T");
  order.push("thawed");
  child.thaw();
  assert.equal(await sum, 3);
  assert.deepEqual(order, ["thawed", "answered"]);
});

void test("a child that ends before it serves is reported with what it wrote", async () => {
  const broken = new URL("./testing/no-such-file.ts", import.meta.url);
  await assert.rejects(startChild({ entry: broken }), (error) => {
    assert.ok(error instanceof TestkitError);
    assert.equal(error.code, "exited");
    assert.match(error.message, /no-such-file/);
    return true;
  });
});

void test("a child kills itself at the named step and does nothing after it", async () => {
  await using directory = await temporaryDirectory();
  const path = directory.file("state");
  await using doomed = await startChild({ entry, env: crashAt("before-commit") });
  await assert.rejects(doomed.ask("commit", path), isExit);
  assert.equal((await doomed.exited).signal, "SIGKILL");
  assert.equal(readFileSync(path, "utf8"), "begun");
  await using sound = await startChild({ entry });
  await sound.ask("commit", path);
  assert.equal(readFileSync(path, "utf8"), "done");
});

void test("a child spares the first arrivals when told which one is fatal", async () => {
  await using directory = await temporaryDirectory();
  const path = directory.file("state");
  await using child = await startChild({ entry, env: crashAt("before-commit", 2) });
  await child.ask("commit", path);
  assert.equal(readFileSync(path, "utf8"), "done");
  await assert.rejects(child.ask("commit", path), isExit);
});

void test("a frozen child dies with the process that started it", {
  skip: process.platform !== "linux",
}, async () => {
  const parent = fileURLToPath(new URL("./testing/sample-parent.ts", import.meta.url));
  const flags = ["--conditions=@holdfast/source", "--import", "tsx", parent];
  const running = spawn(process.execPath, flags, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const line = await new Promise<string>((resolve) => {
      running.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    });
    const pid = Number(line.trim());
    assert.doesNotThrow(() => process.kill(pid, 0));
    running.kill("SIGKILL");
    await eventually(() => !isAlive(pid));
  } finally {
    running.kill("SIGKILL");
  }
});

/** A zombie that nobody has reaped yet counts as dead. */
function isAlive(pid: number): boolean {
  try {
    return !["Z", "X"].includes(processState(pid));
  } catch {
    return false;
  }
}
