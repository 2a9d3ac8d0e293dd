import type { DriverStatement } from "../driver/driver.js";
import type { StatementCache } from "../driver/statement-cache.js";
import type { Command } from "../durable.js";
import { SqliteError, type SqliteErrorCode } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";

/** Commands that are committed together or not at all. */
export type Unit = readonly Command[];

/** What became of a group: `failed` holds, by place, the units that broke a rule of their own. */
export type GroupOutcome =
  | { readonly t: "committed"; readonly failed: ReadonlyMap<number, SqliteError> }
  | { readonly t: "refused"; readonly error: SqliteError };

/** How a group begins and ends. */
export interface Bracket {
  readonly begin: string;
  readonly commit: string;
  readonly rollBack: string;
}

/** The write lock is taken at the start: a group that meets it half-way could not wait for it. */
const transaction: Bracket = { begin: "BEGIN IMMEDIATE", commit: "COMMIT", rollBack: "ROLLBACK" };

/** Failures that a unit brings on itself; all others are the file's and end the whole group. */
const ownFailures: readonly SqliteErrorCode[] = ["constraint", "invalid"];

const nothingFailed: ReadonlyMap<number, SqliteError> = new Map();

/** Commits groups of units over one connection, each group in one transaction. */
export class Committer {
  readonly #connection: StatementCache;
  readonly #bracket: Bracket;
  readonly #act: string;
  readonly #statements: Readonly<Record<string, string>>;
  readonly #byName = new Map<string, DriverStatement>();

  /** @param act what error messages say was tried, for example `write to "/var/lib/x.sqlite"` */
  constructor(
    connection: StatementCache,
    statements: Readonly<Record<string, string>>,
    act: string,
    bracket: Bracket = transaction,
  ) {
    this.#connection = connection;
    this.#statements = statements;
    this.#act = act;
    this.#bracket = bracket;
  }

  /** Commits the units in order. A unit that fails by itself leaves no trace and harms no other. */
  commit(units: readonly Unit[]): GroupOutcome {
    const outcome = this.#commitTogether(units);
    // A deferred constraint speaks up at the end, and does not say whose fault it is.
    return outcome.t === "refused" && outcome.error.code === "constraint"
      ? this.#commitEach(units)
      : outcome;
  }

  #commitEach(units: readonly Unit[]): GroupOutcome {
    const failed = new Map<number, SqliteError>();
    for (const [place, unit] of units.entries()) {
      const outcome = this.#commitTogether([unit]);
      const own = outcome.t === "refused" ? outcome.error : outcome.failed.get(0);
      if (outcome.t === "refused" && !ownFailures.includes(outcome.error.code)) return outcome;
      if (own !== undefined) failed.set(place, own);
    }
    return { t: "committed", failed };
  }

  #commitTogether(units: readonly Unit[]): GroupOutcome {
    let failed: Map<number, SqliteError> | undefined;
    try {
      this.#control(this.#bracket.begin);
      for (const [place, unit] of units.entries()) {
        const error = this.#runUnit(unit);
        if (error !== undefined) {
          failed ??= new Map();
          failed.set(place, error);
        }
      }
      this.#control(this.#bracket.commit);
      return { t: "committed", failed: failed ?? nothingFailed };
    } catch (cause) {
      this.#rollBack();
      return { t: "refused", error: translateError(this.#act, cause) };
    }
  }

  #runUnit(unit: Unit): SqliteError | undefined {
    // One statement is atomic by itself; a savepoint would only cost.
    const alone = unit.length === 1;
    try {
      if (!alone) this.#control("SAVEPOINT unit");
      for (const [name, ...values] of unit) this.#statement(name).run(...values);
      if (!alone) this.#control("RELEASE unit");
      return undefined;
    } catch (cause) {
      const error = translateError(this.#act, cause);
      if (!ownFailures.includes(error.code)) throw error;
      if (!alone) {
        this.#control("ROLLBACK TO unit");
        this.#control("RELEASE unit");
      }
      return error;
    }
  }

  #statement(name: string): DriverStatement {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const sql = this.#statements[name];
    if (sql === undefined) {
      throw new SqliteError("invalid", `Cannot ${this.#act}: no statement is named "${name}"`);
    }
    const statement = this.#connection.prepare(sql);
    this.#byName.set(name, statement);
    return statement;
  }

  #control(sql: string): void {
    this.#connection.prepare(sql).run();
  }

  #rollBack(): void {
    try {
      this.#connection.db.exec(this.#bracket.rollBack);
    } catch {
      // SQLite ends some failed transactions by itself; the failure itself is already on its way.
    }
  }
}
