import type { DriverArrayStatement, DriverDatabase, DriverStatement } from "./driver.js";

/**
 * A connection with the statements prepared on it, each once. They are kept to the end on purpose:
 * the driver for Node 20 frees a statement only when the garbage collector finds it, and keeps its
 * connection open until then.
 */
export class StatementCache {
  readonly db: DriverDatabase;
  readonly #prepared = new Map<string, DriverStatement>();
  readonly #arrays = new Map<string, DriverArrayStatement>();

  constructor(db: DriverDatabase) {
    this.db = db;
  }

  prepare(sql: string): DriverStatement {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }

  prepareArrays(sql: string): DriverArrayStatement {
    const known = this.#arrays.get(sql);
    if (known !== undefined) return known;
    const statement = this.db.prepare<DriverArrayStatement>(sql);
    statement.setReturnArrays(true);
    this.#arrays.set(sql, statement);
    return statement;
  }
}
