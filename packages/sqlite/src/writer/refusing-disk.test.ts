import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { linesOf, nextLine, runPart, scratch } from "../scratch.test.kit.js";

const unshare = "/usr/bin/unshare";

const scenarios: Readonly<Record<string, string>> = {
  "fills-up":
    "a disk that fills up refuses writes, answers reads, and is written to again when space returns",
  "opens-full": "a file on a full disk opens to be read, and takes writes when space returns",
  "creates-full": "a file that cannot be created for want of space is created when there is some",
  "opens-read-only":
    "a file on a read-only file system opens to be read, and takes writes when it may",
};

for (const [scenario, name] of Object.entries(scenarios)) {
  void test(name, async (t) => {
    const disk = join(scratch(t), "disk");
    mkdirSync(disk);
    const allowed = spawnSync(unshare, ["-m", "/usr/bin/mount", "tmpfs", "-t", "tmpfs", disk]);
    if (allowed.status !== 0) {
      const why = allowed.error?.message ?? String(allowed.stderr).trim();
      t.skip(`a file system cannot be mounted here: ${why}`);
      return;
    }
    const url = new URL("./refusing-disk.test.part.ts", import.meta.url);
    const child = runPart(t, url, [scenario, disk], [unshare, "-m"]);
    assert.equal(await nextLine(linesOf(child)), "passed");
  });
}
