import type { DriverDatabase, DriverStatement } from "../driver/driver.js";
import type { Command } from "../durable.js";
import { rollBack } from "../file/migrate.js";
import { SqliteError, type SqliteErrorCode } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";

/** Commands that are committed together or not at all. */
export type Unit = readonly Command[];

/** What became of a group: `failed` holds, by place, the units that broke a rule of their own. */
export type GroupOutcome =
  | { readonly t: "committed"; readonly failed: ReadonlyMap<number, SqliteError> }
  | { readonly t: "refused"; readonly error: SqliteError };

/** Failures that a unit brings on itself; all others are the file's and end the whole group. */
const ownFailures: readonly SqliteErrorCode[] = ["constraint", "invalid"];

const nothingFailed: ReadonlyMap<number, SqliteError> = new Map();

/** Commits groups of units over one connection, each group in one transaction. */
export class Committer {
  readonly #db: DriverDatabase;
  readonly #act: string;
  readonly #sql: ReadonlyMap<string, string>;
  readonly #prepared = new Map<string, DriverStatement>();
  readonly #control = new Map<string, DriverStatement>();

  /** @param act what error messages say was tried, for example `write to "/var/lib/x.sqlite"` */
  constructor(db: DriverDatabase, statements: Readonly<Record<string, string>>, act: string) {
    this.#db = db;
    this.#act = act;
    this.#sql = new Map(Object.entries(statements));
  }

  /** Commits the units in order. A unit that fails by itself leaves no trace and harms no other. */
  commit(units: readonly Unit[]): GroupOutcome {
    let failed: Map<number, SqliteError> | undefined;
    try {
      this.#fixed("BEGIN IMMEDIATE").run();
      for (const [place, unit] of units.entries()) {
        const error = this.#runUnit(unit);
        if (error !== undefined) {
          failed ??= new Map();
          failed.set(place, error);
        }
      }
      this.#fixed("COMMIT").run();
      return { t: "committed", failed: failed ?? nothingFailed };
    } catch (cause) {
      rollBack(this.#db);
      return { t: "refused", error: translateError(this.#act, cause) };
    }
  }

  #runUnit(unit: Unit): SqliteError | undefined {
    // One statement is atomic by itself; a savepoint would only cost.
    const alone = unit.length === 1;
    try {
      if (!alone) this.#fixed("SAVEPOINT unit").run();
      for (const [name, ...values] of unit) this.#statement(name).run(...values);
      if (!alone) this.#fixed("RELEASE unit").run();
      return undefined;
    } catch (cause) {
      const error = translateError(this.#act, cause);
      if (!ownFailures.includes(error.code)) throw error;
      if (!alone) {
        this.#fixed("ROLLBACK TO unit").run();
        this.#fixed("RELEASE unit").run();
      }
      return error;
    }
  }

  #statement(name: string): DriverStatement {
    const known = this.#prepared.get(name);
    if (known !== undefined) return known;
    const sql = this.#sql.get(name);
    if (sql === undefined) {
      throw new SqliteError("invalid", `Cannot ${this.#act}: no statement is named "${name}"`);
    }
    return prepareInto(this.#prepared, this.#db, name, sql);
  }

  #fixed(sql: string): DriverStatement {
    return this.#control.get(sql) ?? prepareInto(this.#control, this.#db, sql, sql);
  }
}

function prepareInto(
  prepared: Map<string, DriverStatement>,
  db: DriverDatabase,
  name: string,
  sql: string,
): DriverStatement {
  const statement = db.prepare(sql);
  prepared.set(name, statement);
  return statement;
}
