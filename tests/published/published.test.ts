import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { after, before, suite, test } from "node:test";
import { type TemporaryDirectory, temporaryDirectory } from "@holdfast/testkit";
import { filesBelow } from "../repository.js";

const examples = filesBelow("packages/cache/examples", /\.mjs$/);

void suite("the published libraries, packed and installed alone", { timeout: 120_000 }, () => {
  let app: TemporaryDirectory;

  before(async () => {
    app = await temporaryDirectory();
    const packed = ["sqlite", "cache"].map((room) => pack(room, app.path));
    writeFileSync(app.file("package.json"), '{ "private": true }');
    npm(["install", "--prefer-offline", "--ignore-scripts", ...packed], app.path);
  });
  after(() => app[Symbol.asyncDispose]());

  for (const name of ["sqlite", "cache"]) {
    void test(`${name} carries its README and licence, and nothing that only tests need`, () => {
      const folder = join(app.path, "node_modules/@holdfast", name);
      for (const file of ["README.md", "LICENSE", "dist/bundle/index.js", "dist/index.d.ts"]) {
        assert.notEqual(readFileSync(join(folder, file), "utf8"), "", file);
      }
      for (const file of filesBelow(join(folder, "dist"), /\.js$/)) {
        const needs = readFileSync(file, "utf8").match(/from "(@holdfast\/testkit|node:test)"/);
        assert.ok(needs === null, `${file.slice(folder.length)} needs ${needs?.[1]}`);
      }
    });
  }

  for (const example of examples) {
    void test(`${basename(example)} runs on them without Redis and without TypeScript`, () => {
      copyFileSync(example, app.file(basename(example)));
      const output = execFileSync(process.execPath, [basename(example)], {
        cwd: app.path,
        encoding: "utf8",
        timeout: 30_000,
      });
      assert.notEqual(output, "");
    });
  }
});

/** The path of the package as npm would publish it. */
function pack(room: string, folder: string): string {
  const said = npm(["pack", "--json", "--pack-destination", folder], `packages/${room}`);
  const [packed] = JSON.parse(said) as readonly { readonly filename: string }[];
  assert.ok(packed);
  return join(folder, packed.filename);
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync("npm", [...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}
