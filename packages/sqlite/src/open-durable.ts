import { resolve } from "node:path";
import type { DriverDatabase } from "./driver/driver.js";
import { loadDriver } from "./driver/load-driver.js";
import type { Durable } from "./durable.js";
import { type CheckedOptions, checkOptions, type DurableOptions } from "./durable-options.js";
import { DurableFile } from "./file/durable-file.js";
import { prepareFile } from "./file/prepare-file.js";
import { Readers } from "./file/readers.js";
import { applyReaderPragmas } from "./pragmas.js";
import { translateError } from "./translate-error.js";
import { WriteStateHolder } from "./write-state.js";
import { CallingWriter } from "./writer/calling-writer.js";
import { ThreadWriter } from "./writer/thread-writer.js";
import type { WriterSettings } from "./writer/writer.js";

/** Longest wait for a lock on the calling thread, whose event loop stands still meanwhile. */
const callingLockWaitMs = 50;

/**
 * Opens a durable file, and makes or replaces it where its role allows.
 *
 * @throws SqliteError `damaged` (a record), `newer-schema`, `invalid`, `full`, `read-only`, `io`, `busy`
 */
export async function openDurable(options: DurableOptions): Promise<Durable> {
  const checked = checkOptions(options);
  const path = `${resolve(checked.directory, checked.name)}.sqlite`;
  const act = `open "${path}"`;
  try {
    const opening = prepareFile(path, checked);
    const db = openReader(path);
    checkStatements(db, checked);
    const state = new WriteStateHolder();
    const readers = new Readers(db, `read "${path}"`, (error) =>
      state.refused(error, checked.now()),
    );
    const writer = createWriter(path, checked, state);
    return new DurableFile({ path, opening, state, readers, writer, options: checked });
  } catch (cause) {
    throw translateError(act, cause);
  }
}

function openReader(path: string): DriverDatabase {
  // Read-only, so that neither its recovery nor its end ever moves the log into the file on the
  // calling thread.
  const db = new (loadDriver().DatabaseSync)(path, { readOnly: true });
  applyReaderPragmas(db);
  return db;
}

/** A mistake in a statement shows when the file is opened, not with the first commit that needs it. */
function checkStatements(db: DriverDatabase, options: CheckedOptions): void {
  for (const sql of Object.values(options.statements)) db.prepare(sql);
}

function createWriter(
  path: string,
  options: CheckedOptions,
  state: WriteStateHolder,
): CallingWriter | ThreadWriter {
  const { statements, lockWaitMs, maxWalBytes, role } = options;
  const settings: WriterSettings = {
    path,
    statements,
    lockWaitMs: options.thread === "calling" ? Math.min(lockWaitMs, callingLockWaitMs) : lockWaitMs,
    maxWalBytes,
    checkWhenIdle: role === "copy" && options.thread === "worker",
  };
  return options.thread === "calling"
    ? new CallingWriter(settings, state)
    : new ThreadWriter(settings, state);
}
