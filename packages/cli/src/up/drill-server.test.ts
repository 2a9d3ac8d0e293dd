import assert from "node:assert/strict";
import { test } from "node:test";
import { drillOf, startDrillServer } from "./drill-server.js";
import type { Drill, UpState } from "./up-state.js";

const state: UpState = {
  upstream: { mode: "up", asked: 0 },
  redis: null,
  control: { pid: 1, restarts: 0 },
};

for (const body of [
  null,
  [],
  "x",
  {},
  { target: "control", action: "up" },
  { target: "upstream" },
  { target: "disk", action: "up" },
  { target: "redis", action: "kill" },
]) {
  void test(`${JSON.stringify(body)} is no drill`, () => {
    assert.equal(drillOf(body), null);
  });
}

void test("orders need the token, are carried out, and their failure is told", async () => {
  const drills: Drill[] = [];
  await using server = await startDrillServer("t0ken", {
    async drill(what) {
      drills.push(what);
      if (what.target === "redis") throw new Error("no Redis here");
      return { done: "done", state };
    },
    state: () => state,
  });
  const order = (body: unknown, token = "t0ken") =>
    fetch(`${server.url}/drill`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  assert.equal((await order({ target: "upstream", action: "down" }, "wrong")).status, 401);
  assert.equal((await order({ target: "upstream" })).status, 400);
  assert.equal(drills.length, 0);
  assert.equal((await order({ target: "upstream", action: "down" })).status, 200);
  const failed = await order({ target: "redis", action: "down" });
  assert.equal(failed.status, 409);
  assert.match(await failed.text(), /no Redis here/);
});
