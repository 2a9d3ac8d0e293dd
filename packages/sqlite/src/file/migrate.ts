import type { DriverDatabase } from "../driver/driver.js";
import type { StatementCache } from "../driver/statement-cache.js";
import type { Migration } from "../durable.js";

/** The one table of this room. Its name and columns never change: every release must be able to read it. */
const aboutTable = "durable_about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID";

/** The number of migrations that this file has seen. */
export function schemaVersion(connection: StatementCache): number {
  return Number(connection.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** Which release brought the file to its schema; undefined where none said so. */
export function schemaWrittenBy(connection: StatementCache): string | undefined {
  const known = connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'durable_about'");
  if (known.get() === undefined) return undefined;
  const about = connection.prepare("SELECT value FROM durable_about WHERE name = 'written-by'");
  const value = about.get()?.["value"];
  return typeof value === "string" ? value : undefined;
}

/**
 * Gives an empty file its schema. It fails on one that has any: of two processes that create the
 * same file one wins, and the other finds it made.
 */
export function createSchema(
  db: DriverDatabase,
  migrations: readonly Migration[],
  writtenBy: string,
): void {
  inTransaction(db, () => {
    db.exec(`CREATE TABLE ${aboutTable}`);
    step(db, migrations, 0, writtenBy);
  });
}

/** Brings a file to the newest schema; does nothing to one that is there already. */
export function upgradeSchema(
  connection: StatementCache,
  migrations: readonly Migration[],
  writtenBy: string,
): void {
  const { db } = connection;
  inTransaction(db, () => {
    // Read again under the lock: another process may have been first.
    const from = schemaVersion(connection);
    if (from >= migrations.length) return;
    db.exec(`CREATE TABLE IF NOT EXISTS ${aboutTable}`);
    step(db, migrations, from, writtenBy);
  });
}

function step(
  db: DriverDatabase,
  migrations: readonly Migration[],
  from: number,
  writtenBy: string,
): void {
  for (const migration of migrations.slice(from)) db.exec(migration.sql);
  db.exec(`INSERT OR REPLACE INTO durable_about VALUES ('written-by', ${quoted(writtenBy)})`);
  db.exec(`PRAGMA user_version = ${migrations.length}`);
}

function inTransaction(db: DriverDatabase, work: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    work();
    db.exec("COMMIT");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

function rollBack(db: DriverDatabase): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // SQLite ends some failed transactions by itself; the failure itself is already on its way.
  }
}

/** A text as SQL writes it, for the statements that are run once and not prepared. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
