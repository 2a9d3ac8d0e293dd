import type { StatementCache } from "../driver/statement-cache.js";
import { connectReader, connectWriter } from "../file/connect.js";
import { quickCheck } from "../file/quick-check.js";
import { SqliteError } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";
import { Committer, type GroupOutcome, type Unit } from "./committer.js";
import type { WriterSettings } from "./writer.js";

type Opened = { readonly connection: StatementCache; readonly committer: Committer };

/**
 * The one connection that writes to a file. It opens by itself when it is needed, so that a file
 * that cannot be opened now is found again once it can.
 */
export class WriterConnection {
  readonly #settings: WriterSettings;
  readonly #act: string;
  #opened: Opened | undefined;

  constructor(settings: WriterSettings) {
    this.#settings = settings;
    this.#act = `write to "${settings.path}"`;
  }

  commit(units: readonly Unit[]): GroupOutcome {
    return this.#guarded(({ committer }) => committer.commit(units));
  }

  /** Writes one page that changes nothing, to learn whether the file takes writes again. */
  probe(): GroupOutcome {
    return this.#guarded(({ connection }) => {
      const version = connection.prepare("PRAGMA user_version").get()?.["user_version"];
      connection.db.exec(`PRAGMA user_version = ${Number(version)}`);
      return { t: "committed", failed: new Map() };
    });
  }

  /**
   * Runs work that is not a unit: maintenance and checks.
   *
   * @throws SqliteError
   */
  use<T>(work: (connection: StatementCache) => T): T {
    try {
      return work(this.#open().connection);
    } catch (cause) {
      throw translateError(this.#act, cause);
    }
  }

  /** @throws SqliteError `damaged` */
  check(): void {
    const { path } = this.#settings;
    try {
      this.use((connection) => quickCheck(connection, path));
    } catch (error) {
      if (!(error instanceof SqliteError) || !error.retryable) throw error;
      // A disk that refuses a connection which may write can still be read.
      const reading = connectReader(path);
      try {
        quickCheck(reading, path);
      } finally {
        reading.db.close();
      }
    }
  }

  close(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.connection.db.close();
  }

  #guarded(work: (opened: Opened) => GroupOutcome): GroupOutcome {
    let outcome: GroupOutcome;
    try {
      outcome = work(this.#open());
    } catch (cause) {
      outcome = { t: "refused", error: translateError(this.#act, cause) };
    }
    // A handle that was opened on a read-only or failing disk stays so after the disk is well.
    if (outcome.t === "refused" && ["io", "read-only"].includes(outcome.error.code)) this.close();
    return outcome;
  }

  #open(): Opened {
    if (this.#opened !== undefined) return this.#opened;
    const connection = connectWriter(this.#settings.path, this.#settings.lockWaitMs);
    const committer = new Committer(connection, this.#settings.statements, this.#act);
    this.#opened = { connection, committer };
    return this.#opened;
  }
}
