import type { DriverDatabase } from "../driver/driver.js";
import { loadDriver } from "../driver/load-driver.js";
import { applyWriterPragmas } from "../pragmas.js";
import { SqliteError } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";
import { Committer, type GroupOutcome, type Unit } from "./committer.js";
import type { WriterSettings } from "./writer.js";

type Opened = { readonly db: DriverDatabase; readonly committer: Committer };

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
    return this.#guarded(({ db }) => {
      const version = db.prepare("PRAGMA user_version").get()?.["user_version"];
      db.exec(`PRAGMA user_version = ${Number(version)}`);
      return { t: "committed", failed: new Map() };
    });
  }

  /**
   * Runs work that is not a unit: maintenance and checks.
   *
   * @throws SqliteError
   */
  use<T>(work: (db: DriverDatabase) => T): T {
    try {
      return work(this.#open().db);
    } catch (cause) {
      throw translateError(this.#act, cause);
    }
  }

  /** @throws SqliteError `damaged` with the first contradiction found */
  check(): void {
    const [first] = this.use((db) => db.prepare("PRAGMA quick_check(1)").all());
    const found = first === undefined ? "nothing" : Object.values(first)[0];
    if (found === "ok") return;
    throw new SqliteError("damaged", `Cannot use "${this.#settings.path}": ${String(found)}`);
  }

  close(): void {
    const opened = this.#opened;
    this.#opened = undefined;
    opened?.db.close();
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
    const db = new (loadDriver().DatabaseSync)(this.#settings.path);
    try {
      applyWriterPragmas(db, this.#settings.lockWaitMs);
    } catch (error) {
      db.close();
      throw error;
    }
    const committer = new Committer(db, this.#settings.statements, this.#act);
    this.#opened = { db, committer };
    return this.#opened;
  }
}
