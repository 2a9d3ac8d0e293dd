import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, suite, test } from "node:test";
import { eventually, redisMissing, startRedis } from "@holdfast/testkit";
import { cloneMissing, type FreshClone, freshClone, type Started } from "./fresh-clone.js";

/** What the answer to each line must say, told apart by the line; in the order of the walk. */
interface Expected {
  readonly line: RegExp;
  readonly says: RegExp;
  readonly exit?: number;
}

const ask = /decide auth alice/;
const walk: readonly Expected[] = [
  { line: ask, says: /^allow .*from upstream/ },
  { line: ask, says: /^allow .*from memory/ },
  { line: /drill upstream down/, says: /./ },
  { line: ask, says: /^allow .*stale, .*old/ },
  { line: /drill control kill/, says: /./ },
  { line: ask, says: /^allow .*from sqlite/ },
  { line: /revoke alice/, says: /^revoked/ },
  { line: ask, says: /^deny /, exit: 4 },
  { line: /drill upstream up/, says: /./ },
  { line: /decide auth bob/, says: /^allow .*from upstream/ },
  { line: /holdfast status/, says: /upstream[^]*saved/i },
];
const redisDrills = [/drill redis down/, /drill redis up/];

const printed = (output: string): string[] =>
  [...output.matchAll(/^ +((?:echo \S+ \| )?npx holdfast .*)$/gm)].map((match) => match[1] ?? "");

/** Types each line of the walk and compares what it says; drills of Redis just have to work. */
function follow(clone: FreshClone, lines: readonly string[]): void {
  const expected = [...walk];
  for (const line of lines) {
    const { exit, output } = clone.type(line);
    if (redisDrills.some((drill) => drill.test(line))) {
      assert.equal(exit, 0, `${line}\n${output}`);
      continue;
    }
    const next = expected.shift();
    assert.ok(next, `"${line}" is one more than was to be shown`);
    assert.match(line, next.line);
    assert.match(output, next.says, line);
    assert.equal(exit, next.exit ?? 0, `${line}\n${output}`);
  }
  assert.deepEqual(expected, [], "the walk leaves something out");
}

async function nothingIsLeft(clone: FreshClone, running: Started): Promise<void> {
  await running.exited;
  await eventually(() => assert.deepEqual(clone.processes(), []), { withinMs: 5_000 });
}

void suite("in a fresh clone", { skip: cloneMissing, timeout: 540_000 }, () => {
  let clone: FreshClone;
  before(async () => {
    clone = await freshClone();
  });
  after(() => clone[Symbol.asyncDispose]());

  void test("npm start installs, builds, and prints a walk whose lines do what they show", async () => {
    await using running = clone.start("npm start");
    await running.says(/holdfast status\n[^]*Ctrl-C/, 240_000);
    const lines = printed(running.output());
    follow(clone, lines);
    const readme = readFileSync("README.md", "utf8");
    assert.ok(
      readme.includes(lines.join("\n")),
      `README.md shows the same walk:\n${lines.join("\n")}`,
    );
    running.interrupt();
    await nothingIsLeft(clone, running);
  });

  void test("npm start -- --walk walks by itself and ends with nothing left", async () => {
    await using running = clone.start("npm start -- --walk");
    await nothingIsLeft(clone, running);
    for (const { says } of walk) assert.match(running.output(), new RegExp(says.source, "im"));
    assert.doesNotMatch(running.output(), /not what was to be shown/);
  });

  void test("with REDIS_URL the walk takes Redis away and back", {
    skip: redisMissing,
  }, async () => {
    await using redis = await startRedis();
    await using running = clone.start("npm start", { REDIS_URL: redis.url });
    await running.says(/holdfast status\n[^]*Ctrl-C/, 60_000);
    const lines = printed(running.output());
    for (const drill of redisDrills) assert.ok(lines.some((line) => drill.test(line)));
    follow(clone, lines);
    running.interrupt();
    await nothingIsLeft(clone, running);
  });

  void test("a plain kill of npm leaves nothing running either", async () => {
    await using running = clone.start("npm start");
    await running.says(/holdfast status\n[^]*Ctrl-C/, 60_000);
    running.terminate();
    await nothingIsLeft(clone, running);
  });
});
