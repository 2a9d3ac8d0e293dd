import { resolve } from "node:path";
import type { Durable } from "./durable.js";
import { type CheckedOptions, checkOptions, type DurableOptions } from "./durable-options.js";
import { DurableFile } from "./file/durable-file.js";
import { prepareFile } from "./file/prepare-file.js";
import { Readers } from "./file/readers.js";
import { suspect } from "./file/suspicion.js";
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
  try {
    const durable = open(path, checked);
    // A record that contradicts itself must not answer anything. A copy may: it is checked later,
    // because nothing is worth a slow start less than what can be had again.
    if (checked.role === "record") await checkOrClose(durable);
    else durable.startWriterSoon();
    return durable;
  } catch (cause) {
    throw translateError(`open "${path}"`, cause);
  }
}

function open(path: string, options: CheckedOptions): DurableFile {
  const { opening, connection } = prepareFile(path, options);
  try {
    // A mistake in a statement shows now, not with the first commit that needs it.
    for (const sql of Object.values(options.statements)) connection.db.prepare(sql);
  } catch (error) {
    connection.db.close();
    throw error;
  }
  const state = new WriteStateHolder();
  state.listen((now) => {
    if (now.t === "refusing" && now.error.code === "damaged") suspect(path);
  });
  const readers = new Readers(connection, `read "${path}"`, (error) =>
    state.refused(error, options.now()),
  );
  const writer = createWriter(path, options, state);
  return new DurableFile({ path, opening, state, readers, writer, options });
}

async function checkOrClose(durable: DurableFile): Promise<void> {
  try {
    await durable.check();
  } catch (error) {
    await durable.close();
    throw error;
  }
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
    ? new CallingWriter(settings, state, options.now)
    : new ThreadWriter(settings, state, options.now);
}
