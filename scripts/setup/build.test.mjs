import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { neededBy } from "./build.mjs";

test("a project is built after everything that it needs, and nothing else is", () => {
  const needed = neededBy("packages/cli");
  assert.equal(needed.at(-1), "packages/cli");
  const [sqlite, cache] = ["packages/sqlite", "packages/cache"].map((room) => needed.indexOf(room));
  assert.ok(sqlite >= 0 && sqlite < cache);
  assert.ok(!needed.includes("bench") && !needed.includes("tests"));
  assert.equal(new Set(needed).size, needed.length);
});

test("everything is built where no project is named", () => {
  const { references } = JSON.parse(readFileSync("tsconfig.json", "utf8"));
  const everything = neededBy(".");
  for (const { path } of references) assert.ok(everything.includes(path), path);
});

test("npm start builds the command alone, and every other script everything", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
  const built = (name) => /setup\.mjs(?: --tests)?(?: (packages\/\S+))?/.exec(scripts[name]);
  assert.equal(built("start")?.[1], "packages/cli");
  for (const name of ["test", "build", "bench"]) {
    assert.ok(built(name), name);
    assert.equal(built(name)[1], undefined, name);
  }
});
