import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { smallDisk, smallDiskMissing } from "./small-disk.js";

const needsDisk = { skip: smallDiskMissing() };

void test("a full disk refuses writes until its space is freed", needsDisk, async () => {
  await using disk = await smallDisk({ sizeBytes: 1_000_000 });
  const path = join(disk.path, "a");
  writeFileSync(path, "before");
  await disk.fill();
  assert.throws(() => writeFileSync(join(disk.path, "b"), "x".repeat(5_000)), { code: "ENOSPC" });
  await disk.free();
  writeFileSync(join(disk.path, "b"), "x".repeat(5_000));
  assert.equal(readFileSync(path, "utf8"), "before");
});

void test("a disk filled but for some bytes takes that much", needsDisk, async () => {
  await using disk = await smallDisk({ sizeBytes: 1_000_000 });
  await disk.fill(65_536);
  writeFileSync(join(disk.path, "a"), "x".repeat(60_000));
  assert.throws(() => writeFileSync(join(disk.path, "b"), "x".repeat(60_000)), { code: "ENOSPC" });
});

void test("a read-only disk refuses writes until it is writable again", needsDisk, async () => {
  await using disk = await smallDisk({ sizeBytes: 1_000_000 });
  disk.setReadOnly(true);
  assert.throws(() => writeFileSync(join(disk.path, "a"), "x"), { code: "EROFS" });
  disk.setReadOnly(false);
  writeFileSync(join(disk.path, "a"), "x");
});

void test("a disk is gone after disposal", needsDisk, async () => {
  const disk = await smallDisk({ sizeBytes: 1_000_000 });
  await disk[Symbol.asyncDispose]();
  assert.equal(existsSync(disk.path), false);
});
