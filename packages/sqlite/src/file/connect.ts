import type { DriverDatabase } from "../driver/driver.js";
import { loadDriver } from "../driver/load-driver.js";
import { StatementCache } from "../driver/statement-cache.js";
import { applyReaderPragmas, applyWriterPragmas } from "../pragmas.js";

/**
 * Connects to read, on the calling thread. Read-only: neither its recovery nor its end then ever
 * moves the log into the file, which is work for the writer, and looking touches nothing.
 */
export function connectReader(path: string): StatementCache {
  return connect(path, true, applyReaderPragmas);
}

/** Connects to write; waits up to `lockWaitMs` for another process. */
export function connectWriter(path: string, lockWaitMs: number): StatementCache {
  return connect(path, false, (db) => applyWriterPragmas(db, lockWaitMs));
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
