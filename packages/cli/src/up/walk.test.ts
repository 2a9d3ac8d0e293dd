import assert from "node:assert/strict";
import { test } from "node:test";
import { walkLine, walkSteps } from "./walk.js";

void test("the walk with Redis is the same walk with the link cut around the restart", () => {
  const without = walkSteps({ redis: false, state: null }).map(walkLine);
  const withRedis = walkSteps({ redis: true, state: null }).map(walkLine);
  assert.deepEqual(
    withRedis.filter((line) => !line.includes("drill redis")),
    without,
  );
  const added = withRedis.filter((line) => line.includes("drill redis"));
  assert.deepEqual(added, ["npx holdfast drill redis down", "npx holdfast drill redis up"]);
});

void test("a line can be pasted into a shell, whatever the directory is called", () => {
  const [first] = walkSteps({ redis: false, state: "/tmp/it's here" });
  assert.ok(first !== undefined);
  assert.equal(
    walkLine(first),
    "echo wonderland | npx holdfast decide auth alice --state '/tmp/it'\\''s here'",
  );
});
