import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { DriverDatabase } from "../driver/driver.js";
import { loadDriver } from "../driver/load-driver.js";
import { StatementCache } from "../driver/statement-cache.js";
import { applyReaderPragmas, applyWriterPragmas } from "../pragmas.js";

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
 * read-only. No lock protects this connection: it must be gone before anybody writes. Undefined
 * where the log holds something, which it would not see.
 */
export function connectFrozen(path: string): StatementCache | undefined {
  const walBytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (walBytes > 0) return undefined;
  return connect(`${pathToFileURL(path).href}?immutable=1`, true, applyReaderPragmas);
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
