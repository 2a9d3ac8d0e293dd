import type {
  ArrayReader,
  Command,
  Durable,
  Migration,
  Opening,
  Reader,
  WriteState,
} from "../durable.js";
import { replaceWhole } from "../file/backup-file.js";
import { Readers } from "../file/readers.js";
import type { SqliteErrorCode } from "../sqlite-error.js";
import { stateError } from "../translate-error.js";
import { WriteStateHolder } from "../write-state.js";
import { Committer } from "../writer/committer.js";
import { checkUnit } from "../writer/unit-values.js";
import { lifeBracket, MemoryDisk } from "./memory-disk.js";

/** What a {@link MemoryDurable} is made for. */
export interface MemoryDurableOptions {
  readonly migrations: readonly Migration[];
  readonly statements: Readonly<Record<string, string>>;
  /**
   * Time of the changes of its write state.
   * @default Date.now
   */
  readonly now?: () => number;
}

/** A durable file without a disk, for tests and simulations: same promises, no waiting, faults by order. */
export interface MemoryDurable extends Durable {
  /** The process dies: this handle throws `closed` from now on; the result is the file as the next process finds it. */
  crash(): MemoryDurable;
  /** The disk dies with the process: as {@link crash}, but the next process finds nothing. */
  lose(): MemoryDurable;
  /** Every write fails with `code` until it is set to `null`. */
  setFailure(code: SqliteErrorCode | null): void;
}

const act = 'use "memory"';
const written: Promise<void> = Promise.resolve();

/** Opens an empty durable file in memory: its `write` has committed when it returns. */
export function openMemoryDurable(options: MemoryDurableOptions): MemoryDurable {
  return new InMemory(options, { t: "created" }, MemoryDisk.take(options.migrations));
}

class InMemory implements MemoryDurable {
  readonly path = "";
  readonly opening: Opening;
  readonly #options: MemoryDurableOptions;
  readonly #state = new WriteStateHolder();
  readonly #committer: Committer;
  readonly #readers: Readers;
  readonly #now: () => number;
  #disk: MemoryDisk | undefined;
  #failure: SqliteErrorCode | null = null;

  constructor(options: MemoryDurableOptions, opening: Opening, disk: MemoryDisk) {
    this.opening = opening;
    this.#options = options;
    this.#disk = disk;
    this.#now = options.now ?? Date.now;
    this.#committer = new Committer(disk.connection, options.statements, act, lifeBracket);
    this.#readers = new Readers(disk.connection, act, (error) =>
      this.#state.refused(error, this.#now()),
    );
  }

  reader(sql: string): Reader {
    return this.#readers.prepare(sql);
  }

  arrayReader(sql: string): ArrayReader {
    return this.#readers.prepareArrays(sql);
  }

  write(commands: readonly Command[]): Promise<void> {
    try {
      this.#writeNow(commands);
      return written;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #writeNow(commands: readonly Command[]): void {
    this.#open();
    checkUnit(commands, this.#options.statements, act);
    if (this.#failure !== null) {
      const error = stateError(act, this.#failure);
      this.#state.refused(error, this.#now());
      throw error;
    }
    const outcome = this.#committer.commit([commands]);
    if (outcome.t === "refused") {
      this.#state.refused(outcome.error, this.#now());
      throw outcome.error;
    }
    this.#state.succeeded();
    const failed = outcome.failed.get(0);
    if (failed !== undefined) throw failed;
  }

  writeState(): WriteState {
    return this.#state.state;
  }

  onWriteState(listener: (state: WriteState) => void): () => void {
    return this.#state.listen(listener);
  }

  setFailure(code: SqliteErrorCode | null): void {
    this.#failure = code;
    // A file on disk finds its way back by a probe of its own; here the end of the fault is known.
    if (code === null) this.#state.succeeded();
  }

  crash(): MemoryDurable {
    return new InMemory(this.#options, { t: "opened" }, this.#leave());
  }

  lose(): MemoryDurable {
    this.#leave().wipe();
    return openMemoryDurable(this.#options);
  }

  async backup(path: string): Promise<void> {
    const disk = this.#open();
    await replaceWhole(path, async (part) => disk.copyTo(part));
  }

  async vacuum(): Promise<void> {
    this.#open();
  }

  async close(): Promise<void> {
    if (this.#disk !== undefined) this.#leave().wipe();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(): MemoryDisk {
    if (this.#disk === undefined) throw stateError(act, "closed");
    return this.#disk;
  }

  #leave(): MemoryDisk {
    const disk = this.#open();
    this.#disk = undefined;
    this.#readers.leave();
    return disk;
  }
}
