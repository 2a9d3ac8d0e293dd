import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { temporaryDirectory } from "@holdfast/testkit";
import { writeTable } from "./readme.js";

void test("benches that ran replace their lines, the others keep theirs, and the text stays", async () => {
  await using directory = await temporaryDirectory();
  const path = pathToFileURL(directory.file("README.md"));
  await writeFile(path, "before\n<!-- table -->\n<!-- /table -->\nafter\n");
  const names = ["a", "b", "c"];
  await writeTable(
    path,
    names,
    new Map([
      ["a", ["| a | 1 |"]],
      ["c", ["| c | 1 |"]],
    ]),
    "Machine",
  );
  await writeTable(
    path,
    names,
    new Map([
      ["b", ["| b | 2 |"]],
      ["c", ["| c | 2 |"]],
    ]),
    "Other",
  );
  const text = await readFile(path, "utf8");
  assert.match(text, /^before\n<!-- table -->\n\nOther\.\n\n/);
  assert.match(text, /\n<!-- \/table -->\nafter\n$/);
  const lines = text.split("\n").filter((line) => /^\| [abc] /.test(line));
  assert.deepEqual(lines, ["| a | 1 |", "| b | 2 |", "| c | 2 |"]);
});

void test("a file without the markers is left alone", async () => {
  await using directory = await temporaryDirectory();
  const path = pathToFileURL(directory.file("README.md"));
  await writeFile(path, "nothing\n");
  await assert.rejects(writeTable(path, [], new Map(), "Machine"), /there is no <!-- table -->/);
  assert.equal(await readFile(path, "utf8"), "nothing\n");
});
