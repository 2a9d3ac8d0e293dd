import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { allGone, isAlive, runCli, startCliUp, temporary } from "../testing/cli.js";

const patience = { timeout: 120_000 };

void test("Ctrl-C ends everything in order and leaves nothing", patience, async (t) => {
  const state = temporary(t);
  const { pid, ready, ended, printed } = await startCliUp(t, state);
  assert.ok(isAlive(ready.controlPid) && isAlive(ready.upstreamPid));
  process.kill(-pid, "SIGINT");
  // As npm does, which hands on what its child has had from the terminal.
  process.kill(pid, "SIGINT");
  assert.equal(await ended, 0);
  assert.doesNotMatch(printed(), /did not end in time/);
  await allGone([ready.controlPid, ready.upstreamPid]);
  assert.equal(existsSync(join(state, "up.json")), false);
  assert.equal(existsSync(join(state, "up", "control.json")), false);
  await assert.rejects(fetch(`${ready.controlUrl}/healthz`));
});

void test(
  "kill -9 of up ends its children too, and what it left behind is not believed",
  patience,
  async (t) => {
    const state = temporary(t);
    const { pid, ready, ended } = await startCliUp(t, state);
    process.kill(pid, "SIGKILL");
    await ended;
    await allGone([ready.controlPid, ready.upstreamPid]);
    assert.equal(existsSync(join(state, "up.json")), true);
    const status = await runCli(["status", "--state", state]);
    assert.equal(status.exit, 6);
    assert.match(status.stderr, /^error: Cannot find a control plane: .*npm start/);
  },
);

void test(
  "a killed control plane is started again on the same address with what it knew",
  patience,
  async (t) => {
    const state = temporary(t);
    const { pid, ready, ended, printed } = await startCliUp(t, state);
    const at = ["--state", state, "--json"];
    const ask = () => runCli(["decide", "auth", "alice", ...at], { stdin: "wonderland\n" });
    assert.equal(JSON.parse((await ask()).stdout).source, "upstream");
    const killed = JSON.parse((await runCli(["drill", "control", "kill", ...at])).stdout);
    assert.equal(killed.state.control.restarts, 1);
    const successor: number = killed.state.control.pid;
    assert.notEqual(successor, ready.controlPid);
    assert.equal(isAlive(ready.controlPid), false);
    const status = JSON.parse((await runCli(["status", ...at])).stdout);
    assert.equal(status.pid, successor);
    assert.equal(status.url, ready.controlUrl);
    assert.equal(JSON.parse((await ask()).stdout).source, "sqlite");
    process.kill(pid, "SIGTERM");
    assert.equal(await ended, 0);
    assert.doesNotMatch(printed(), /did not end in time/);
    await allGone([successor, ready.upstreamPid]);
  },
);

void test(
  "a second up in the same directory is refused and disturbs nothing",
  patience,
  async (t) => {
    const state = temporary(t);
    const { ready } = await startCliUp(t, state);
    const second = await runCli(["up", "--state", state]);
    assert.equal(second.exit, 1);
    assert.match(second.stderr, /already runs in .* stop it, or give this one another --state/);
    assert.equal((await fetch(`${ready.controlUrl}/healthz`)).status, 200);
  },
);
