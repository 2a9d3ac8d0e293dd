import { existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { StatementCache } from "../driver/statement-cache.js";
import type { Opening } from "../durable.js";
import type { CheckedOptions } from "../durable-options.js";
import { SqliteError } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";
import { connectFrozen, connectReader, connectWriter } from "./connect.js";
import { keepBefore } from "./keep-before.js";
import { pruneLeftovers } from "./leftovers.js";
import { checkLength } from "./length.js";
import { createSchema, schemaVersion, schemaWrittenBy, upgradeSchema } from "./migrate.js";
import { moveAside } from "./move-aside.js";
import { makeOwnDirectory, makeOwnFile, narrowFile } from "./owner-only.js";
import { quickCheck } from "./quick-check.js";
import { clearSuspicion, isSuspect } from "./suspicion.js";
import { syncDirectory } from "./sync-directory.js";
import { writeRefusal } from "./write-refusal.js";

/** A file of this release's schema, with the connection that reads it. */
export interface PreparedFile {
  readonly opening: Opening;
  readonly connection: StatementCache;
  /** Why the file can only be read for now, over a connection that must be gone before anybody writes. */
  readonly refusal?: SqliteError;
}

/** Openings happen on the calling thread: another process in the way is an error, not a wait. */
const lockWaitMs = 50;

/** Finds, makes, replaces or upgrades the file at `path`. @throws SqliteError */
export function prepareFile(path: string, options: CheckedOptions): PreparedFile {
  makeOwnDirectory(options.directory);
  pruneLeftovers(path, options.now());
  if (existsSync(`${path}-journal`)) finishCreation(path);
  if (!holdsSomething(path)) return create(path, options);
  narrowFile(path);
  try {
    return { opening: { t: "opened" }, ...openExisting(path, options) };
  } catch (cause) {
    const error = translateError(`open "${path}"`, cause);
    if (error.code !== "damaged" || options.role === "record") throw error;
    const damagedPath = moveAside(path, options.now());
    clearSuspicion(path);
    return { ...create(path, options), opening: { t: "replaced", damagedPath, cause: error } };
  }
}

function holdsSomething(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** A process died while it made the file: only a connection that may write can clear that up. */
function finishCreation(path: string): void {
  const { db } = connectWriter(path, lockWaitMs);
  try {
    db.exec("PRAGMA user_version");
  } finally {
    db.close();
  }
}

function create(path: string, options: CheckedOptions): PreparedFile {
  makeOwnFile(path);
  const { db } = connectWriter(path, lockWaitMs);
  try {
    createSchema(db, options.migrations, options.writtenBy);
  } catch (cause) {
    // Somebody else may have made it meanwhile; if the schema itself is wrong, it fails again below.
    if (translateError("create", cause).code !== "invalid") throw cause;
  } finally {
    db.close();
  }
  syncDirectory(dirname(path));
  return { opening: { t: "created" }, ...openExisting(path, options) };
}

/** Reads before it writes anything: a file that a newer release wrote must stay exactly as it is. */
function openExisting(path: string, options: CheckedOptions): Omit<PreparedFile, "opening"> {
  const found = connectSomehow(path);
  const { connection } = found;
  try {
    const version = schemaVersion(connection);
    if (version > options.migrations.length) throw newerSchema(path, connection, options.writtenBy);
    checkLength(connection, path);
    if (isSuspect(path)) {
      quickCheck(connection, path);
      clearSuspicion(path);
    }
    if (version < options.migrations.length) {
      if (found.refusal !== undefined) throw found.refusal;
      upgrade(path, connection, version, options);
    }
    // A mistake in a statement shows now, not with the first commit that needs it; and the schema is
    // read, in which damage shows.
    for (const sql of Object.values(options.statements)) connection.db.prepare(sql);
    return found;
  } catch (error) {
    connection.db.close();
    throw error;
  }
}

function connectSomehow(path: string): Omit<PreparedFile, "opening"> {
  // Such a file opens where the index of its log is still there, and would look as if it took writes.
  const refusal = writeRefusal(path);
  if (refusal !== undefined) return { connection: connectFrozen(path), refusal };
  try {
    return { connection: connectReader(path) };
  } catch (cause) {
    const refusal = translateError(`write to "${path}"`, cause);
    const diskRefuses = ["full", "read-only", "io"].includes(refusal.code);
    if (!diskRefuses) throw cause;
    return { connection: connectFrozen(path), refusal };
  }
}

function upgrade(
  path: string,
  connection: StatementCache,
  from: number,
  options: CheckedOptions,
): void {
  const { migrations, writtenBy, now } = options;
  if (from > 0) keepBefore(connection, path, migrations.length, now());
  const writer = connectWriter(path, lockWaitMs);
  try {
    upgradeSchema(writer, migrations, writtenBy);
  } finally {
    writer.db.close();
  }
}

function newerSchema(path: string, connection: StatementCache, thisIs: string): SqliteError {
  const writtenBy = schemaWrittenBy(connection) ?? "a newer release";
  return new SqliteError(
    "newer-schema",
    `Cannot open "${path}": written by ${writtenBy}, this is ${thisIs}: upgrade or restore`,
  );
}
