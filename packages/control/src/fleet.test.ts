import assert from "node:assert/strict";
import { createServer } from "node:http";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { eventually, redisMissing, startRedis } from "@holdfast/testkit";
import { type Control, startControl } from "./control.js";
import { createLog } from "./log.js";
import { newFleetKey } from "./state/fleet-key.js";
import { readOwnerOnly, writeOwnerOnly } from "./state/owner-only-file.js";
import { temporary } from "./testing/stand.js";

/** Says yes to everybody. */
async function credulousUpstream(t: TestContext): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"decision":"allow"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return `http://127.0.0.1:${port}/`;
}

async function post(control: Control, path: string, body: unknown) {
  const reply = await fetch(control.url + path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${readOwnerOnly(control.tokenFile)}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const answer: Record<string, unknown> = JSON.parse(await reply.text());
  return answer;
}

const alice = { user: "alice", secret: "s" };

void test("two instances share answers and revocations through Redis", {
  skip: redisMissing,
  timeout: 60_000,
}, async (t) => {
  await using redis = await startRedis();
  const upstreamUrl = await credulousUpstream(t);
  const fleetKeyFile = join(temporary(t), "fleet-key");
  writeOwnerOnly(fleetKeyFile, newFleetKey());
  const start = () =>
    startControl(
      {
        stateDirectory: temporary(t),
        port: 0,
        upstreamUrl,
        redisUrl: redis.url,
        fleetKeyFile,
      },
      createLog("silent"),
    );
  await using one = await start();
  await using two = await start();
  for (const control of [one, two]) {
    await eventually(() => control.status().currency.currency === "verified");
  }
  // Copies go to Redis beside the answer, so the other instance may come too early for one.
  let number = 0;
  await eventually(async () => {
    const user = { user: `user-${++number}`, secret: "s" };
    assert.equal((await post(one, "/v1/decisions/auth", user))["source"], "upstream");
    return (await post(two, "/v1/decisions/auth", user))["source"] === "redis";
  });
  assert.equal((await post(two, "/v1/decisions/auth", alice))["decision"], "allow");
  const body = { user: "alice", reason: "left", acknowledge: "all" };
  const receipt = await post(one, "/v1/revocations", body);
  assert.equal(receipt["state"], "revoked", JSON.stringify(receipt));
  assert.equal(receipt["acknowledged"], "all");
  assert.ok(Array.isArray(receipt["confirmed"]) && receipt["confirmed"].length > 0);
  const refused = await post(two, "/v1/decisions/auth", alice);
  assert.equal(refused["decision"], "deny");
  assert.equal(refused["detail"], "left");
});
