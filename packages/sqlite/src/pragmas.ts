import type { DriverDatabase } from "./driver/driver.js";

/** Largest write-ahead log that is kept after it was emptied; a larger one is cut to this. */
const keptWalBytes = 16 * 1024 * 1024;

/** How long a read may wait for another process; it stops the event loop meanwhile. */
const readBusyMs = 20;

/** For the one connection that writes. `busyMs` may be long only where no event loop waits. */
export function applyWriterPragmas(db: DriverDatabase, busyMs: number): void {
  db.exec(`PRAGMA busy_timeout = ${busyMs}`);
  // Free pages go back to the file system in steps that we choose: a full VACUUM locks the file for
  // seconds, FULL moves pages in every commit. Takes effect on an empty file only, before its log.
  db.exec("PRAGMA auto_vacuum = INCREMENTAL");
  // Readers do not wait for the writer, nor the writer for them. Kept in the file.
  db.exec("PRAGMA journal_mode = WAL");
  // NORMAL loses the last commits with the power; an acknowledged removal must outlive it. Grouped,
  // FULL costs what NORMAL does.
  db.exec("PRAGMA synchronous = FULL");
  // The backstop under sustained load, 8 MiB of log: its commit waits for the checkpoint. Usually the
  // upkeep of the writer is there first, between commits.
  db.exec("PRAGMA wal_autocheckpoint = 2000");
  // A log that a long reader made large shrinks again with its first restart.
  db.exec(`PRAGMA journal_size_limit = ${keptWalBytes}`);
  // What was deleted is overwritten, in pages and in free pages: the file is backed up and copied
  // around, a deleted secret must not travel along.
  db.exec("PRAGMA secure_delete = ON");
  db.exec("PRAGMA foreign_keys = ON");
  // Sorters and statement journals stay off a disk that may be full.
  db.exec("PRAGMA temp_store = MEMORY");
  // 8 MiB: the inner pages of some million small rows.
  db.exec("PRAGMA cache_size = -8192");
}

/**
 * For the connection that reads on the calling thread. No mmap: on a file that somebody truncates
 * it turns a read error into the end of the process.
 */
export function applyReaderPragmas(db: DriverDatabase): void {
  // A reader waits only for a process that holds the whole file; better to say `busy` than to stop
  // the event loop.
  db.exec(`PRAGMA busy_timeout = ${readBusyMs}`);
  db.exec("PRAGMA temp_store = MEMORY");
  db.exec("PRAGMA cache_size = -8192");
}
