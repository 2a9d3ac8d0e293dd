import type { DriverDatabase } from "../driver/driver.js";
import { loadDriver } from "../driver/load-driver.js";
import { makeOwnFile } from "../file/owner-only.js";
import { translateError } from "../translate-error.js";

// A connection that nobody refers to is closed by the garbage collector, and its lock goes with it.
const locked = new Set<DriverDatabase>();

/**
 * Locks the file at `path` for this process; undefined where another one holds it. The lock is
 * that of an open SQLite transaction which never writes: the kernel frees it with the process, and
 * within a process SQLite itself keeps two holders apart.
 *
 * @returns what unlocks it
 * @throws SqliteError when the file cannot be locked at all
 */
export function lockSlot(path: string): (() => void) | undefined {
  makeOwnFile(path);
  const db = new (loadDriver().DatabaseSync)(path);
  try {
    db.exec("PRAGMA busy_timeout = 0");
    db.exec("BEGIN EXCLUSIVE");
    locked.add(db);
    return () => {
      locked.delete(db);
      db.close();
    };
  } catch (cause) {
    db.close();
    const error = translateError(`lock "${path}"`, cause);
    if (error.code === "busy") return undefined;
    throw error;
  }
}
