import assert from "node:assert/strict";
import { test } from "node:test";
import { redisMissing, startRedis } from "@holdfast/testkit";
import { allGone, runWalkAlone, temporary, type Walked } from "../testing/cli.js";

const patience = { timeout: 240_000 };

const beforeTheKill = [
  /^allow {2}alice {2}from upstream; fresh/,
  /^allow {2}alice {2}from memory \(upstream not asked\); fresh/,
  /^the sample upstream is down/,
  /^allow {2}alice {2}from memory \(standing in for the upstream\); stale, \d+ s old; verified$/,
];
const kill = /^the control plane \(pid \d+\) was killed and is running again \(pid \d+\)/;
const afterTheKill = [
  /^revoked {2}alice {2}durable .*; operation /,
  /^deny {2}alice {2}from .*; revoked .* ago/,
  /^the sample upstream is up/,
  /^allow {2}bob {2}from upstream/,
  /^Holdfast .* at http:/,
];

function assertWalk({ exit, ready, steps }: Walked, expected: readonly RegExp[]): void {
  const answers = steps.map(({ output }) => output.split("\n")[0] ?? "");
  assert.equal(answers.length, expected.length, answers.join("\n"));
  for (const [at, pattern] of expected.entries()) assert.match(answers[at] ?? "", pattern);
  assert.ok(steps.every(({ asExpected }) => asExpected));
  assert.deepEqual(
    steps.map(({ line }) => line),
    ready.walk,
  );
  assert.match(steps.at(-1)?.output ?? "", /sample upstream +up, was asked 2 times in all/);
  assert.equal(exit, 0);
}

void test(
  "the walk shows on its own what it promises, and leaves nothing running",
  patience,
  async (t) => {
    const walked = await runWalkAlone(temporary(t));
    const stillIn = /^allow {2}alice {2}from sqlite \(standing in for the upstream\); stale/;
    assertWalk(walked, [...beforeTheKill, kill, stillIn, ...afterTheKill]);
    await allGone(walked.pids);
  },
);

void test("the walk with Redis cuts the link to it and never touches the server", {
  ...patience,
  skip: redisMissing,
}, async (t) => {
  await using redis = await startRedis();
  const walked = await runWalkAlone(temporary(t), { redisUrl: redis.url });
  const down = /^the link to Redis is down: cut; the server itself was not touched/;
  const stillIn = /^allow {2}alice {2}from sqlite .*; unverified$/;
  const up = /^the link to Redis is up/;
  assertWalk(walked, [...beforeTheKill, down, kill, stillIn, up, ...afterTheKill]);
  assert.match(walked.steps.at(-1)?.output ?? "", /^Redis +up /m);
  await allGone(walked.pids);
});
