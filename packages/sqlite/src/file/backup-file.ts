import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { loadDriver } from "../driver/load-driver.js";
import { connectReader } from "./connect.js";
import { syncDirectory } from "./sync-directory.js";

/** Pages that the driver copies at a time, on a thread of its own. */
const pagesPerStep = 1_000;

/**
 * Copies a file, as it is now, to `target`, which only its owner can read. `target` holds either
 * what it held before or the whole copy, even when the power goes.
 */
export async function backupFile(path: string, target: string): Promise<void> {
  await replaceWhole(target, async (part) => {
    const { db } = connectReader(path);
    try {
      // One reading transaction around all steps: a commit between two of them would start the copy
      // anew. The log keeps what is written meanwhile.
      db.exec("BEGIN; SELECT count(*) FROM sqlite_schema");
      await loadDriver().backup(db, part, { rate: pagesPerStep });
    } finally {
      db.close();
    }
  });
}

/** Has `fill` write a new file, then puts it in the place of `target` in one step that outlives the power. */
export async function replaceWhole(
  target: string,
  fill: (part: string) => Promise<void>,
): Promise<void> {
  const part = `${target}.part-${randomBytes(6).toString("hex")}`;
  try {
    await (await open(part, "wx", 0o600)).close();
    await fill(part);
    const file = await open(part, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(part, target);
    syncDirectory(dirname(target));
  } finally {
    await rm(part, { force: true });
    await rm(`${part}-journal`, { force: true });
  }
}
