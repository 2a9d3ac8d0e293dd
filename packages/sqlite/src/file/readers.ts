import type { DriverDatabase, DriverStatement } from "../driver/driver.js";
import type { Reader, SqliteRow, SqliteValue } from "../durable.js";
import type { SqliteError } from "../sqlite-error.js";
import { stateError, translateError } from "../translate-error.js";

/** The read-only statements of one connection; all of them end with it. */
export class Readers {
  readonly #act: string;
  readonly #onDamage: (error: SqliteError) => void;
  #db: DriverDatabase | undefined;

  /** @param onDamage called with the error that the caller of a damaged read gets too */
  constructor(db: DriverDatabase, act: string, onDamage: (error: SqliteError) => void) {
    this.#db = db;
    this.#act = act;
    this.#onDamage = onDamage;
  }

  /** Prepares a statement now, so that a mistake in it shows before its first use. */
  prepare(sql: string): Reader {
    return new PreparedReader(
      this,
      this.run((db) => db.prepare(sql)),
    );
  }

  /** Runs `work` on the connection and tells its failures in this room's words. */
  run<T>(work: (db: DriverDatabase) => T): T {
    if (this.#db === undefined) throw stateError(this.#act, "closed");
    try {
      return work(this.#db);
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** Ends every reader; the connection stays open and is the caller's again. */
  leave(): DriverDatabase | undefined {
    const db = this.#db;
    this.#db = undefined;
    return db;
  }

  #failure(cause: unknown): SqliteError {
    const error = translateError(this.#act, cause);
    if (error.code === "damaged") this.#onDamage(error);
    return error;
  }
}

class PreparedReader implements Reader {
  readonly #readers: Readers;
  readonly #statement: DriverStatement;

  constructor(readers: Readers, statement: DriverStatement) {
    this.#readers = readers;
    this.#statement = statement;
  }

  get(...values: SqliteValue[]): SqliteRow | undefined {
    return this.#readers.run(() => this.#statement.get(...values));
  }

  all(...values: SqliteValue[]): SqliteRow[] {
    return this.#readers.run(() => this.#statement.all(...values));
  }
}
