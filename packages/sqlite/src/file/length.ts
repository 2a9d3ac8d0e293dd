import { statSync } from "node:fs";
import type { StatementCache } from "../driver/statement-cache.js";
import { SqliteError } from "../sqlite-error.js";

/**
 * Compares the length of a file with the pages it should have. It finds a file that was cut off
 * without reading it, before an answer comes from what is left.
 *
 * It must not open the file itself: closing it again would drop every lock that this process holds
 * on it.
 *
 * @throws SqliteError `damaged`
 */
export function checkLength(connection: StatementCache, path: string): void {
  // Within a reading transaction nobody can move pages from the log or cut the file.
  connection.db.exec("BEGIN");
  try {
    const pages = number(connection, "page_count");
    const wanted = pages * number(connection, "page_size");
    const size = bytesOf(path);
    // With a log beside it the file may rightly be shorter: its last pages are still in there.
    if (size >= wanted || bytesOf(`${path}-wal`) > 0) return;
    throw new SqliteError(
      "damaged",
      `Cannot use "${path}": the file is damaged (${size} bytes are left of ${wanted})`,
    );
  } finally {
    connection.db.exec("COMMIT");
  }
}

function number(connection: StatementCache, pragma: string): number {
  return Number(connection.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
}

function bytesOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
