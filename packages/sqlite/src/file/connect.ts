import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { DriverDatabase } from "../driver/driver.js";
import { loadDriver } from "../driver/load-driver.js";
import { StatementCache } from "../driver/statement-cache.js";
import { applyReaderPragmas, applyWriterPragmas } from "../pragmas.js";

/** The way of SQLite to files that takes no locks, which a read-only file system does not give. */
const withoutLocks = process.platform === "win32" ? "win32-none" : "unix-none";

/**
 * Connects to read, on the calling thread. Read-only: neither its recovery nor its end then ever
 * moves the log into the file, which is work for the writer, and looking touches nothing.
 */
export function connectReader(path: string): StatementCache {
  return connect(path, true, (db) => {
    applyReaderPragmas(db);
    // SQLite looks at a file with the first statement, not with the connection.
    db.exec("PRAGMA user_version");
  });
}

/** Connects to write; waits up to `lockWaitMs` for another process. */
export function connectWriter(path: string, lockWaitMs: number): StatementCache {
  return connect(path, false, (db) => applyWriterPragmas(db, lockWaitMs));
}

/**
 * Connects to read a file beside which no index of the log can be made, because the disk is full or
 * read-only. No lock protects this connection: it must be gone before anybody writes.
 */
export function connectFrozen(path: string): StatementCache {
  const url = pathToFileURL(path).href;
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (walBytes === 0) return connect(`${url}?immutable=1`, true, applyReaderPragmas);
  return connect(`${url}?vfs=${withoutLocks}`, true, (db) => {
    // The index of the log in memory of its own: one that was opened read-only is shared by every
    // connection of the process, and keeps all of them from writing.
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    applyReaderPragmas(db);
  });
}

function connect(
  path: string,
  readOnly: boolean,
  prepare: (db: DriverDatabase) => void,
): StatementCache {
  const db = new (loadDriver().DatabaseSync)(path, { readOnly });
  try {
    prepare(db);
    return new StatementCache(db);
  } catch (error) {
    db.close();
    throw error;
  }
}
