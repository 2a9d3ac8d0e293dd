import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { temporaryDirectory } from "@holdfast/testkit";

const run = promisify(execFile);
const room = new URL("../../", import.meta.url);

/** What an example says when it is run in a directory. */
async function said(example: string, cwd: string): Promise<readonly string[]> {
  const file = fileURLToPath(new URL(`examples/${example}`, room));
  const source = ["--conditions=@holdfast/source", `--import=${import.meta.resolve("tsx")}`];
  const { stdout, stderr } = await run(process.execPath, [...source, file], {
    cwd,
    timeout: 60_000,
  });
  assert.equal(stderr, "");
  return stdout.trimEnd().split("\n");
}

void test("the five lines find in their second run what the first one set", async () => {
  await using directory = await temporaryDirectory();
  assert.deepEqual(await said("five-lines.mjs", directory.path), ["found: null"]);
  const found = 'found: {"allow":true,"plan":"gold"}';
  assert.deepEqual(await said("five-lines.mjs", directory.path), [found]);
});

void test("the README shows the five lines as they are", async () => {
  const program = await readFile(new URL("examples/five-lines.mjs", room), "utf8");
  const readme = await readFile(new URL("README.md", room), "utf8");
  const lines = program.split("\n").filter((line) => !line.startsWith("//"));
  assert.ok(readme.includes(`\`\`\`js\n${lines.join("\n")}\`\`\``));
});

void test("the example of fetch keeps its answer while the source is down, and over a restart", async () => {
  await using directory = await temporaryDirectory();
  const told = await said("fetch-with-grace.mjs", directory.path);
  for (const [index, expected] of [
    /^first: \{"allow":true\} from upstream, fresh/,
    /^again: \{"allow":true\} from memory, fresh/,
    /^unknown to the source: null from upstream/,
    /^source down: \{"allow":true\} from memory, stale, .*the source failed/,
    /^source left alone for a while: \{"allow":true\} from memory, stale/,
    /^restarted, source still down: \{"allow":true\} from sqlite, stale/,
    /^removed: unavailable/,
  ].entries()) {
    assert.match(told[index] ?? "", expected);
  }
});
