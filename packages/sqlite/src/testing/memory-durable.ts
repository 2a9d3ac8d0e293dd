import type { DriverDatabase } from "../driver/driver.js";
import { loadDriver } from "../driver/load-driver.js";
import type { Command, Durable, Migration, Opening, Reader, WriteState } from "../durable.js";
import { Readers } from "../file/readers.js";
import type { SqliteErrorCode } from "../sqlite-error.js";
import { stateError } from "../translate-error.js";
import { WriteStateHolder } from "../write-state.js";
import { Committer } from "../writer/committer.js";
import { checkUnit } from "../writer/unit-values.js";

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
  return new InMemory(options, { t: "created" }, createDatabase(options));
}

function createDatabase(options: MemoryDurableOptions): DriverDatabase {
  const db = new (loadDriver().DatabaseSync)(":memory:");
  // One call, and no note of the release: a simulation makes tens of thousands of these.
  const steps = options.migrations.map((migration) => migration.sql);
  db.exec(["PRAGMA foreign_keys = ON", "BEGIN", ...steps, "COMMIT"].join("\n;\n"));
  return db;
}

class InMemory implements MemoryDurable {
  readonly path = "";
  readonly opening: Opening;
  readonly #options: MemoryDurableOptions;
  readonly #state = new WriteStateHolder();
  readonly #committer: Committer;
  readonly #readers: Readers;
  readonly #now: () => number;
  #db: DriverDatabase | undefined;
  #failure: SqliteErrorCode | null = null;

  constructor(options: MemoryDurableOptions, opening: Opening, db: DriverDatabase) {
    this.opening = opening;
    this.#options = options;
    this.#db = db;
    this.#now = options.now ?? Date.now;
    this.#committer = new Committer(db, options.statements, act);
    this.#readers = new Readers(db, act, (error) => this.#state.refused(error, this.#now()));
  }

  reader(sql: string): Reader {
    return this.#readers.prepare(sql);
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
    const db = this.#leave();
    return new InMemory(this.#options, { t: "opened" }, db);
  }

  lose(): MemoryDurable {
    this.#leave().close();
    return openMemoryDurable(this.#options);
  }

  /** `:memory:` has nowhere to put a copy but a real file; the driver writes it all the same. */
  async backup(path: string): Promise<void> {
    this.#open().prepare("VACUUM INTO ?").run(path);
  }

  async vacuum(): Promise<void> {
    this.#open();
  }

  async close(): Promise<void> {
    if (this.#db === undefined) return;
    this.#leave().close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(): DriverDatabase {
    if (this.#db === undefined) throw stateError(act, "closed");
    return this.#db;
  }

  #leave(): DriverDatabase {
    const db = this.#open();
    this.#db = undefined;
    this.#readers.leave();
    return db;
  }
}
