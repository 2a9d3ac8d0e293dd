import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { DriverDatabase } from "../driver/driver.js";
import { loadDriver } from "../driver/load-driver.js";
import { syncDirectory } from "../file/sync-directory.js";

/** Pages that are copied before commits get their turn. */
const pagesPerStep = 256;

/**
 * Copies the file that `db` is open on to `path`, which only its owner can read. `path` holds
 * either what it held before or the whole copy, even when the power goes.
 */
export async function backupFile(db: DriverDatabase, path: string): Promise<void> {
  const part = `${path}.part-${randomBytes(6).toString("hex")}`;
  closeSync(openSync(part, "wx", 0o600));
  try {
    await copyInto(db, part);
    syncFile(part);
    renameSync(part, path);
    syncDirectory(dirname(path));
  } finally {
    for (const left of [part, `${part}-journal`, `${part}-wal`, `${part}-shm`]) {
      rmSync(left, { force: true });
    }
  }
}

async function copyInto(db: DriverDatabase, path: string): Promise<void> {
  const { backup } = loadDriver();
  // From the writing connection the copy is kept up to date by the commits that fall between two
  // steps; from any other one each of them would start it anew, and hold the log meanwhile.
  if (backup === undefined) db.prepare("VACUUM INTO ?").run(path);
  else await backup(db, path, { rate: pagesPerStep });
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
