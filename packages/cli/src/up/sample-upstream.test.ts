import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "./free-port.js";
import { SampleUpstream } from "./sample-upstream.js";

const question = (user: string, secret: string) => ({
  method: "POST",
  body: JSON.stringify({ kind: "auth", realm: "r", user, secret }),
});

void test("the sample upstream knows its users, and answers, fails and vanishes as it is told", async () => {
  const asked: number[] = [];
  await using upstream = new SampleUpstream(await freePort(0), (count) => asked.push(count));
  await upstream.be("up");
  const yes = await fetch(upstream.url, question("alice", "wonderland"));
  assert.equal(yes.headers.get("content-type"), "application/json");
  assert.match(await yes.text(), /"allow".*"10\.20\.0\.7"/);
  for (const [user, secret] of [
    ["alice", "builder"],
    ["mallory", "x"],
    ["constructor", "x"],
    ["__proto__", "x"],
  ] as const) {
    assert.match(await (await fetch(upstream.url, question(user, secret))).text(), /"deny"/, user);
  }
  assert.equal((await fetch(upstream.url, { method: "POST", body: "{" })).status, 400);
  await upstream.be("fail");
  assert.equal((await fetch(upstream.url, question("alice", "wonderland"))).status, 500);
  await upstream.be("down");
  await assert.rejects(fetch(upstream.url, question("alice", "wonderland")));
  await upstream.be("up");
  assert.equal((await fetch(upstream.url, question("alice", "wonderland"))).status, 200);
  assert.deepEqual(asked, [1, 2, 3, 4, 5, 6, 7, 8]);
});
