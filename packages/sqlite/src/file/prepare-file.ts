import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { DriverDatabase } from "../driver/driver.js";
import { loadDriver } from "../driver/load-driver.js";
import type { Opening } from "../durable.js";
import type { CheckedOptions } from "../durable-options.js";
import { applyFilePragmas, applyWriterPragmas } from "../pragmas.js";
import { SqliteError } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";
import { migrate, schemaVersion, schemaWrittenBy } from "./migrate.js";
import { moveAside } from "./move-aside.js";
import { makeOwnDirectory, makeOwnFile } from "./owner-only.js";
import { syncDirectory } from "./sync-directory.js";

const lockWaitMs = 50;

/** Leaves a file of this release's schema at `path`, and tells how it found it. */
export function prepareFile(path: string, options: CheckedOptions): Opening {
  makeOwnDirectory(options.directory);
  if (!holdsSomething(path)) return create(path, options);
  try {
    const version = inspect(path, options);
    if (version < options.migrations.length) upgrade(path, options);
    return { t: "opened" };
  } catch (cause) {
    const error = translateError(`open "${path}"`, cause);
    if (error.code !== "damaged" || options.role === "record") throw error;
    const damagedPath = moveAside(path, options.now());
    create(path, options);
    return { t: "replaced", damagedPath, cause: error };
  }
}

function holdsSomething(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function create(path: string, options: CheckedOptions): Opening {
  makeOwnFile(path);
  withDatabase(path, false, (db) => {
    applyFilePragmas(db);
    applyWriterPragmas(db, lockWaitMs);
    migrate(db, options.migrations, options.writtenBy);
  });
  syncDirectory(dirname(path));
  return { t: "created" };
}

/** Looks without touching: a file that a newer release wrote must stay exactly as it is. */
function inspect(path: string, options: CheckedOptions): number {
  return withDatabase(path, true, (db) => {
    const version = schemaVersion(db);
    if (version <= options.migrations.length) return version;
    const writtenBy = schemaWrittenBy(db) ?? "a newer release";
    throw new SqliteError(
      "newer-schema",
      `Cannot open "${path}": written by ${writtenBy}, this is ${options.writtenBy}: upgrade or restore`,
    );
  });
}

function upgrade(path: string, options: CheckedOptions): void {
  withDatabase(path, false, (db) => {
    applyWriterPragmas(db, lockWaitMs);
    migrate(db, options.migrations, options.writtenBy);
  });
}

function withDatabase<T>(path: string, readOnly: boolean, work: (db: DriverDatabase) => T): T {
  const db = new (loadDriver().DatabaseSync)(path, { readOnly });
  try {
    return work(db);
  } finally {
    db.close();
  }
}
