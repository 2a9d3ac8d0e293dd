import assert from "node:assert/strict";
import { test } from "node:test";
import { TestkitError } from "../testkit-error.js";
import { before } from "./before.js";
import { eventually } from "./eventually.js";

void test("a state that comes about is answered as it was seen", async () => {
  let looks = 0;
  const seen = await eventually(
    () => {
      looks += 1;
      if (looks === 1) throw new Error("not yet");
      return looks === 2 ? false : looks;
    },
    { everyMs: 1 },
  );
  assert.equal(seen, 3);
});

void test("a state that does not come about is an error with what was seen last", async () => {
  const look = () => {
    throw new Error("still closed");
  };
  await assert.rejects(eventually(look, { withinMs: 20, everyMs: 1 }), (error) => {
    assert.ok(error instanceof TestkitError);
    assert.equal(error.code, "timeout");
    assert.match(error.message, /20 ms.*still closed/);
    return true;
  });
});

void test("waiting for a promise ends at its deadline", async () => {
  await assert.rejects(before(new Promise(() => {}), 10, "see the end"), /Cannot see the end/);
  assert.equal(await before(Promise.resolve(1), 10, "see the end"), 1);
});

void test("a state that can no longer come about ends the wait at once", async () => {
  const start = performance.now();
  const hopeless = new Error("it is over");
  await assert.rejects(
    eventually(() => false, { unless: () => hopeless }),
    hopeless,
  );
  assert.ok(performance.now() - start < 1_000);
});
