#!/usr/bin/env node
// Runs test files from source on the Node that runs this: those named, or a scope (all by default).
import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { findRedis } from "./setup/redis.mjs";
import { scopes, testFiles } from "./tests/files.mjs";

/** How long what the tests started may take to end after them. */
const endingMs = 5_000;

const given = process.argv.slice(2);
const flags = given.filter((argument) => argument.startsWith("-"));
const named = given.filter((argument) => !argument.startsWith("-"));
const files = (named.length === 0 ? ["all"] : named).flatMap((name) =>
  scopes.includes(name) ? testFiles(name) : [name],
);
/** A run that takes longer hangs: it is ended, and the file that hung is one without a line. */
const runLimitMs = (named.includes("soak") ? 240 : 30) * 60_000;
const fileLimitMs = runLimitMs / 2;
const lack = findRedis() === undefined ? { HOLDFAST_NO_REDIS: "no Redis server installed" } : {};

const run = spawn(
  process.execPath,
  [
    "--conditions=@holdfast/source",
    "--import=tsx",
    "--test",
    "--test-reporter=spec",
    "--test-concurrency=2",
    `--test-timeout=${fileLimitMs}`,
    ...flags,
    ...files,
  ],
  // In a process group of its own, so that its end can be checked and, after an interruption, made.
  { stdio: ["ignore", "inherit", "inherit"], env: { ...process.env, ...lack }, detached: true },
);

const limit = setTimeout(() => {
  complain(`Cannot finish the tests: ${runLimitMs / 60_000} minutes have passed`);
  signalGroup("SIGTERM");
}, runLimitMs);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => signalGroup(signal));

run.on("exit", async (code) => {
  clearTimeout(limit);
  process.exitCode = code ?? 1;
  for (const end = Date.now() + endingMs; Date.now() < end; await wait(50)) {
    if (!signalGroup(0)) return;
  }
  complain(
    "Cannot pass the tests: some process that they started is still running (it is ended now)",
  );
  signalGroup("SIGKILL");
  process.exitCode = 1;
});

/** False where nothing of the run is left. */
function signalGroup(signal) {
  try {
    return process.kill(process.platform === "win32" ? run.pid : -run.pid, signal);
  } catch {
    return false;
  }
}

function complain(line) {
  process.stderr.write(`${line}\n`);
}
