import type { DriverArrayStatement } from "../driver/driver.js";
import type { StatementCache } from "../driver/statement-cache.js";
import type { ArrayReader, Reader, SqliteArray, SqliteRow, SqliteValue } from "../durable.js";
import type { SqliteError } from "../sqlite-error.js";
import { stateError, translateError } from "../translate-error.js";

/** The read-only statements of one connection; all of them end with it. */
export class Readers {
  readonly #act: string;
  readonly #onDamage: (error: SqliteError) => void;
  #connection: StatementCache | undefined;

  /** @param onDamage called with the error that the caller of a damaged read gets too */
  constructor(connection: StatementCache, act: string, onDamage: (error: SqliteError) => void) {
    this.#connection = connection;
    this.#act = act;
    this.#onDamage = onDamage;
  }

  /** Prepares a statement now, so that a mistake in it shows before its first use. */
  prepare(sql: string): Reader {
    this.run((connection) => connection.prepare(sql));
    return new PreparedReader(this, sql);
  }

  prepareArrays(sql: string): ArrayReader {
    this.run((connection) => connection.prepareArrays(sql));
    return new PreparedArrayReader(this, sql);
  }

  /** The connection that is read now. */
  get connection(): StatementCache {
    if (this.#connection === undefined) throw stateError(this.#act, "closed");
    return this.#connection;
  }

  /** What a failed read throws. */
  failure(cause: unknown): SqliteError {
    const error = translateError(this.#act, cause);
    if (error.code === "damaged") this.#onDamage(error);
    return error;
  }

  /** Runs `work` on the connection and tells its failures in this room's words. */
  run<T>(work: (connection: StatementCache) => T): T {
    if (this.#connection === undefined) throw stateError(this.#act, "closed");
    try {
      return work(this.#connection);
    } catch (cause) {
      throw this.failure(cause);
    }
  }

  /** Goes over to another connection to the same file; every reader goes with it. */
  replace(connection: StatementCache): void {
    const old = this.leave();
    this.#connection = connection;
    old?.db.close();
  }

  /** Ends every reader; the connection stays open and is the caller's again. */
  leave(): StatementCache | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    return connection;
  }
}

class PreparedReader implements Reader {
  readonly #readers: Readers;
  readonly #sql: string;

  constructor(readers: Readers, sql: string) {
    this.#readers = readers;
    this.#sql = sql;
  }

  get(...values: SqliteValue[]): SqliteRow | undefined {
    return this.#readers.run((connection) => connection.prepare(this.#sql).get(...values));
  }

  all(...values: SqliteValue[]): SqliteRow[] {
    return this.#readers.run((connection) => connection.prepare(this.#sql).all(...values));
  }
}

/** Keeps its statement: looking it up, or making a function, would cost each read. */
class PreparedArrayReader implements ArrayReader {
  readonly #readers: Readers;
  readonly #sql: string;
  #connection: StatementCache | undefined;
  #statement: DriverArrayStatement | undefined;

  constructor(readers: Readers, sql: string) {
    this.#readers = readers;
    this.#sql = sql;
  }

  get(value: SqliteValue): SqliteArray | undefined {
    const { connection } = this.#readers;
    try {
      if (this.#connection !== connection || this.#statement === undefined) {
        this.#statement = connection.prepareArrays(this.#sql);
        this.#connection = connection;
      }
      return this.#statement.get(value);
    } catch (cause) {
      throw this.#readers.failure(cause);
    }
  }
}
