import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { allGone, type Ready, runCli, temporary } from "../testing/cli.js";

interface Step {
  readonly t: "step";
  readonly line: string;
  readonly exit: number;
  readonly output: string;
  readonly asExpected: boolean;
}

void test("the walk shows on its own what it promises, and ends with nothing running", {
  timeout: 240_000,
}, async (t) => {
  const state = temporary(t);
  const walk = await runCli(["up", "--walk", "--json", "--state", state, "--port", "0"]);
  const events: readonly (Step | (Ready & { t: "ready" }) | { t: "event" })[] = walk.stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const steps = events.filter((event) => event.t === "step");
  const answers = steps.map(({ output }) => output.split("\n")[0] ?? "");
  const expected = [
    /^allow {2}alice {2}from upstream; fresh/,
    /^allow {2}alice {2}from memory \(upstream not asked\); fresh/,
    /^the sample upstream is down/,
    /^allow {2}alice {2}from memory \(standing in for the upstream\); stale, \d+ s old; verified$/,
    /^the control plane \(pid \d+\) was killed and is running again \(pid \d+\)/,
    /^allow {2}alice {2}from sqlite/,
    /^revoked {2}alice {2}durable; operation /,
    /^deny {2}alice {2}from .*; revoked .* ago/,
    /^the sample upstream is up/,
    /^allow {2}bob {2}from upstream/,
    /^Holdfast .* at http:/,
  ];
  assert.equal(answers.length, expected.length, walk.stdout + walk.stderr);
  for (const [at, pattern] of expected.entries()) assert.match(answers[at] ?? "", pattern);
  assert.deepEqual(
    steps.map(({ asExpected }) => asExpected),
    expected.map(() => true),
  );
  const [ready] = events.filter((event) => event.t === "ready");
  assert.deepEqual(
    steps.map(({ line }) => line),
    ready?.walk,
  );
  assert.match(steps.at(-1)?.output ?? "", /sample upstream +up, was asked 2 times in all/);
  assert.equal(walk.exit, 0);
  const pids = [ready?.controlPid, ready?.upstreamPid, ...loggedPids(state)];
  await allGone(pids.filter((pid) => pid !== undefined));
});

/** Every control plane that wrote to the log. */
function loggedPids(state: string): readonly number[] {
  const log = readFileSync(join(state, "up", "control.log"), "utf8");
  return [...new Set([...log.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)))];
}
