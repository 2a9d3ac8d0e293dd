import type { ArrayReader, Command, Durable, Opening, Reader, WriteState } from "../durable.js";
import type { CheckedOptions } from "../durable-options.js";
import { stateError, translateError } from "../translate-error.js";
import type { WriteStateHolder } from "../write-state.js";
import { checkUnit } from "../writer/unit-values.js";
import type { Writer } from "../writer/writer.js";
import type { Readers } from "./readers.js";

/** What {@link DurableFile} puts together; it owns the readers and the writer from then on. */
export interface DurableParts {
  readonly path: string;
  readonly opening: Opening;
  readonly state: WriteStateHolder;
  readonly readers: Readers;
  readonly writer: Writer;
  readonly options: CheckedOptions;
}

/** A durable file on disk: one connection that reads here, one writer wherever it runs. */
export class DurableFile implements Durable {
  readonly path: string;
  readonly opening: Opening;
  readonly #parts: DurableParts;
  readonly #act: string;
  #closing: Promise<void> | undefined;

  constructor(parts: DurableParts) {
    this.path = parts.path;
    this.opening = parts.opening;
    this.#parts = parts;
    this.#act = `write to "${parts.path}"`;
  }

  reader(sql: string): Reader {
    return this.#parts.readers.prepare(sql);
  }

  arrayReader(sql: string): ArrayReader {
    return this.#parts.readers.prepareArrays(sql);
  }

  async write(commands: readonly Command[]): Promise<void> {
    this.#checkOpen();
    const { state } = this.#parts.state;
    // What is written into a file that contradicts itself cannot be relied on.
    if (state.t === "refusing" && state.error.code === "damaged") throw state.error;
    checkUnit(commands, this.#parts.options.statements, this.#act);
    await this.#parts.writer.write(commands);
  }

  writeState(): WriteState {
    return this.#parts.state.state;
  }

  onWriteState(listener: (state: WriteState) => void): () => void {
    return this.#parts.state.listen(listener);
  }

  async backup(path: string): Promise<void> {
    this.#checkOpen();
    try {
      const { backupFile } = await import("./backup-file.js");
      await backupFile(this.path, path);
    } catch (cause) {
      throw translateError(`back up "${this.path}" to "${path}"`, cause);
    }
  }

  async vacuum(maxPages = 1_000): Promise<void> {
    this.#checkOpen();
    await this.#parts.writer.vacuum(maxPages);
  }

  /** Reads the whole file. @throws SqliteError `damaged` */
  async check(): Promise<void> {
    await this.#parts.writer.check();
  }

  /** Gets the writer ready behind whatever the caller does first with the file. */
  startWriterSoon(): void {
    setImmediate(() => {
      if (this.#closing === undefined) this.#parts.writer.start();
    }).unref();
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    // The reader first: the last connection to go empties the log, and that is work for the writer.
    this.#parts.readers.leave()?.db.close();
    await this.#parts.writer.close();
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw stateError(this.#act, "closed");
  }
}
