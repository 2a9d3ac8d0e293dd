import type { DriverDatabase } from "../driver/driver.js";
import type { Migration } from "../durable.js";

/** The one table of this room. Its name and columns never change: every release must be able to read it. */
const createAbout =
  "CREATE TABLE IF NOT EXISTS durable_about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";

/** The number of migrations that this file has seen. */
export function schemaVersion(db: DriverDatabase): number {
  const version = db.prepare("PRAGMA user_version").get()?.["user_version"];
  return typeof version === "number" ? version : 0;
}

/** Which release brought the file to its schema; undefined where none said so. */
export function schemaWrittenBy(db: DriverDatabase): string | undefined {
  const known = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'durable_about'").get();
  if (known === undefined) return undefined;
  const row = db.prepare("SELECT value FROM durable_about WHERE name = 'written-by'").get();
  const value = row?.["value"];
  return typeof value === "string" ? value : undefined;
}

/** Brings a file to the newest schema in one transaction; does nothing to one that is there already. */
export function migrate(
  db: DriverDatabase,
  migrations: readonly Migration[],
  writtenBy: string,
): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    // Read again under the lock: another process may have migrated while this one waited.
    const from = schemaVersion(db);
    db.exec(createAbout);
    if (from < migrations.length || from === 0) {
      for (const migration of migrations.slice(from)) db.exec(migration.sql);
      db.prepare("INSERT OR REPLACE INTO durable_about VALUES ('written-by', ?)").run(writtenBy);
      db.exec(`PRAGMA user_version = ${migrations.length}`);
    }
    db.exec("COMMIT");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Ends a failed transaction; SQLite may have ended it already, and then there is nothing to do. */
export function rollBack(db: DriverDatabase): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // The failure that brought us here is the one to report.
  }
}
