import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli, startCliUp, temporary } from "../testing/cli.js";

void test("the commands answer people and programs, with the exit code that the help lists", {
  timeout: 240_000,
}, async (t) => {
  const state = temporary(t);
  const { ready } = await startCliUp(t, state);
  const at = ["--state", state];
  const ask = (user: string, secret: string, ...more: string[]) =>
    runCli(["decide", "auth", user, ...at, ...more], { stdin: `${secret}\n` });

  await t.test("a yes is 0", async () => {
    const yes = await ask("alice", "wonderland", "--json");
    assert.equal(yes.exit, 0, yes.stderr);
    const { decision, attributes, source } = JSON.parse(yes.stdout);
    assert.deepEqual({ decision, source }, { decision: "allow", source: "upstream" });
    assert.deepEqual(attributes, { address: "10.20.0.7", rateMbit: 100 });
  });

  await t.test("a no is 4", async () => {
    const no = await ask("alice", "wrong");
    assert.equal(no.exit, 4, no.stderr);
    assert.match(no.stdout, /^deny {2}alice {2}from upstream/);
  });

  await t.test("nobody can say is 5, and not a no", async () => {
    const drill = await runCli(["drill", "upstream", "fail", ...at, "--json"]);
    assert.equal(drill.exit, 0, drill.stderr);
    assert.equal(JSON.parse(drill.stdout).state.upstream.mode, "fail");
    const none = await ask("carol", "singer");
    assert.equal(none.exit, 5, none.stderr);
    assert.match(none.stdout, /^unavailable {2}carol {2}nobody can say: .*status 500/);
    assert.equal((await runCli(["drill", "upstream", "up", ...at])).exit, 0);
  });

  await t.test("a revocation comes with its receipt, and other realms go on", async () => {
    const revoke = await runCli(["revoke", "alice", "--reason", "left", ...at, "--json"]);
    assert.equal(revoke.exit, 0, revoke.stderr);
    const receipt = JSON.parse(revoke.stdout);
    assert.equal(receipt.state, "revoked");
    assert.equal(receipt.acknowledged, "durable");
    assert.equal((await ask("alice", "wonderland")).exit, 4);
    assert.equal((await ask("alice", "wonderland", "--realm", "another")).exit, 0);
    const lift = await runCli(["revoke", "alice", "--lift", ...at]);
    assert.match(lift.stdout, /^lifted {2}alice {2}durable .*; operation /);
    assert.equal((await ask("alice", "wonderland")).exit, 0);
  });

  await t.test("another control plane is reached by URL and token file", async () => {
    const named = ["--url", `${ready.controlUrl}/`, "--token-file", ready.tokenFile];
    const status = await runCli(["status", "--json", ...named]);
    assert.equal(status.exit, 0, status.stderr);
    assert.equal(JSON.parse(status.stdout).up, null);
    assert.equal((await runCli(["status", "--url", ready.controlUrl])).exit, 2);
  });

  await t.test("what the control plane refuses is 1, in its words", async () => {
    const refused = await ask("a\nb", "x");
    assert.equal(refused.exit, 1);
    assert.match(refused.stderr, /control character.*\(invalid-question\)/);
  });

  await t.test("a drill that cannot be done says why", async () => {
    const none = await runCli(["drill", "redis", "down", ...at]);
    assert.equal(none.exit, 1);
    assert.match(none.stderr, /started without REDIS_URL/);
  });
});

void test("wrong usage is 2, and nobody to talk to is 6", { timeout: 60_000 }, async (t) => {
  const state = temporary(t);
  for (const args of [
    ["nonsense"],
    ["drill", "upstream", "sideways"],
    ["decide", "auth"],
    ["up", "--port", "x"],
  ]) {
    const wrong = await runCli(args);
    assert.equal(wrong.exit, 2, args.join(" "));
    assert.match(wrong.stderr, /--help/);
  }
  assert.equal((await runCli(["--help"])).exit, 0);
  const alone = await runCli(["drill", "upstream", "down", "--state", state]);
  assert.equal(alone.exit, 6);
  assert.match(alone.stderr, /npm start/);
});
