import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCli, startCliControl, temporary } from "../testing/cli.js";

const patience = { timeout: 60_000 };

void test(
  "a control plane of its own is found by its directory, and ends in order by SIGTERM",
  patience,
  async (t) => {
    const state = temporary(t);
    const control = await startCliControl(t, [
      "--state",
      state,
      "--upstream",
      "http://127.0.0.1:9/",
    ]);
    const at = ["--state", state];
    const status = await runCli(["status", "--json", ...at]);
    assert.equal(status.exit, 0, status.stderr);
    assert.equal(JSON.parse(status.stdout).url, control.url);
    assert.equal((await runCli(["decide", "auth", "a", ...at], { stdin: "s" })).exit, 5);
    process.kill(control.pid, "SIGTERM");
    assert.equal(await control.ended, 0);
    assert.equal(existsSync(join(state, "control.json")), false);
    assert.equal((await runCli(["status", ...at])).exit, 6);
  },
);

void test("a control plane that cannot start says why on stderr and is 1", patience, async (t) => {
  const state = temporary(t);
  const upstream = ["--state", state, "--upstream", "ftp://nowhere.test/"];
  const wrong = await runCli(["control", ...upstream]);
  assert.equal(wrong.exit, 1);
  assert.match(wrong.stderr, /^error: Cannot use the upstream: url is "ftp:/);
  const keyless = ["control", "--state", state, "--upstream", "http://127.0.0.1:9/"];
  const shared = await runCli(keyless, { redisUrl: "redis://127.0.0.1:1" });
  assert.equal(shared.exit, 1);
  assert.match(shared.stderr, /no fleet key is given.*--fleet-key-file/);
  const noDuration = await runCli([...keyless, "--ttl", "soon"]);
  assert.match(noDuration.stderr, /Cannot read the setting --ttl: it is "soon"/);
});
