import { resolve } from "node:path";
import type { Durable } from "./durable.js";
import { type CheckedOptions, checkOptions, type DurableOptions } from "./durable-options.js";
import { connectReader } from "./file/connect.js";
import { DurableFile } from "./file/durable-file.js";
import { prepareFile } from "./file/prepare-file.js";
import { quickCheck } from "./file/quick-check.js";
import { Readers } from "./file/readers.js";
import { suspect } from "./file/suspicion.js";
import { writeRefusal } from "./file/write-refusal.js";
import { translateError } from "./translate-error.js";
import { WriteStateHolder } from "./write-state.js";
import { ThreadWriter } from "./writer/thread-writer.js";
import { WaitingWriter } from "./writer/waiting-writer.js";
import type { Writer, WriterSettings } from "./writer/writer.js";

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
    const durable = await open(path, checked);
    // A record that contradicts itself must not answer anything. A copy may until it is found out:
    // its users can have it again, and wait for it to start.
    if (checked.role === "record") await checkOrClose(durable);
    else durable.startWriterSoon();
    return durable;
  } catch (cause) {
    throw translateError(`open "${path}"`, cause);
  }
}

async function open(path: string, options: CheckedOptions): Promise<DurableFile> {
  const state = new WriteStateHolder();
  const makeWriter = await writerMaker(path, options, state);
  const { opening, connection, refusal } = prepareFile(path, options);
  state.listen((now) => {
    if (now.t === "refusing" && now.error.code === "damaged") suspect(path);
  });
  const readers = new Readers(connection, `read "${path}"`, (error) =>
    state.refused(error, options.now()),
  );
  if (refusal !== undefined) state.refused(refusal, options.now());
  const writer =
    refusal === undefined
      ? makeWriter()
      : new WaitingWriter(refusal, {
          begin: () => (thaw(readers, path) ? makeWriter() : undefined),
          check: () => readers.run((frozen) => quickCheck(frozen, path)),
        });
  return new DurableFile({ path, opening, state, readers, writer, options });
}

/** Replaces the reading connection that nobody may write beside; false while that cannot be. */
function thaw(readers: Readers, path: string): boolean {
  if (writeRefusal(path) !== undefined) return false;
  try {
    readers.replace(connectReader(path));
    return true;
  } catch {
    return false;
  }
}

async function checkOrClose(durable: DurableFile): Promise<void> {
  try {
    await durable.check();
  } catch (error) {
    await durable.close();
    throw error;
  }
}

/** Loads only the writer that is used: every file that is not loaded is a faster start. */
async function writerMaker(
  path: string,
  options: CheckedOptions,
  state: WriteStateHolder,
): Promise<() => Writer> {
  const { statements, lockWaitMs, maxWalBytes, role, thread, now } = options;
  const settings: WriterSettings = {
    path,
    statements,
    lockWaitMs: thread === "calling" ? Math.min(lockWaitMs, callingLockWaitMs) : lockWaitMs,
    maxWalBytes,
    checkWhenIdle: role === "copy" && thread === "worker",
  };
  if (thread === "worker") return () => new ThreadWriter(settings, state, now);
  const { CallingWriter } = await import("./writer/calling-writer.js");
  return () => new CallingWriter(settings, state, now);
}
