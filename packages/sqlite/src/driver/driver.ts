import type { SqliteArray, SqliteRow, SqliteValue } from "../durable.js";

/** The part of a prepared statement that this room uses; both drivers have it. */
export interface DriverStatement {
  run(...values: SqliteValue[]): unknown;
  get(...values: SqliteValue[]): SqliteRow | undefined;
  all(...values: SqliteValue[]): SqliteRow[];
}

/** A statement whose rows come as arrays, once it was told so. */
export interface DriverArrayStatement {
  get(...values: SqliteValue[]): SqliteArray | undefined;
  setReturnArrays(returnArrays: boolean): void;
}

/** The part of a connection that this room uses; both drivers have it. */
export interface DriverDatabase {
  exec(sql: string): void;
  prepare<Statement = DriverStatement>(sql: string): Statement;
  close(): void;
}

/** How a connection is opened. */
interface DriverOpenOptions {
  readonly readOnly?: boolean;
}

/** Either driver, under the one name that both give their connection class. */
export interface Driver {
  readonly DatabaseSync: new (path: string, options?: DriverOpenOptions) => DriverDatabase;
  /** Copies a number of pages at a time, on another thread. */
  readonly backup: (
    source: DriverDatabase,
    path: string,
    options: { readonly rate: number },
  ) => Promise<number>;
}
