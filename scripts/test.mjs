#!/usr/bin/env node
// Runs test files from source on the Node that runs this: those named, or a scope (all by default).
import { spawn } from "node:child_process";
import { findRedis } from "./setup/redis.mjs";
import { scopes, testFiles } from "./tests/files.mjs";

/** A run that takes longer hangs: it is ended, and the file that hung is the last one without a line. */
const runLimitMs = 15 * 60_000;
const fileLimitMs = 10 * 60_000;

const named = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const flags = process.argv.slice(2).filter((argument) => argument.startsWith("-"));
const files =
  named.length === 0
    ? testFiles("all")
    : named.flatMap((name) => (scopes.includes(name) ? testFiles(name) : [name]));

const run = spawn(
  process.execPath,
  [
    "--conditions=@holdfast/source",
    "--import",
    "tsx",
    "--test",
    "--test-reporter=spec",
    "--test-concurrency=2",
    `--test-timeout=${fileLimitMs}`,
    ...flags,
    ...files,
  ],
  {
    stdio: ["ignore", "inherit", "inherit"],
    env:
      findRedis() === undefined
        ? { ...process.env, HOLDFAST_NO_REDIS: "no Redis server installed" }
        : process.env,
  },
);
const limit = setTimeout(() => {
  process.stderr.write(`Cannot finish the tests: ${runLimitMs / 60_000} minutes have passed\n`);
  run.kill("SIGTERM");
}, runLimitMs);
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => run.kill(signal));
run.on("exit", (code) => {
  clearTimeout(limit);
  process.exitCode = code ?? 1;
});
