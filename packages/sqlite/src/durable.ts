import type { SqliteError } from "./sqlite-error.js";

/**
 * What a durable file holds. A `copy` can be had again from somewhere else: damaged, it is moved
 * aside, reported and replaced by an empty one. A `record` is nobody's copy: it refuses to open
 * damaged and stays where it is.
 */
export type DurableRole = "copy" | "record";

/** A value that SQLite stores as it is. */
export type SqliteValue = null | number | bigint | string | Uint8Array;

/** One row as the driver returns it, by column name. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

/** One row as the driver returns it, by the place of its columns. */
export type SqliteArray = readonly SqliteValue[];

/** A named statement of {@link DurableOptions.statements} with its positional values. */
export type Command = readonly [statement: string, ...values: SqliteValue[]];

/** A step from schema version `n` to `n + 1`, where `n` is its place in the list. Runs in a transaction. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** A statement prepared on the calling thread. It sees every unit whose `write` has resolved. */
export interface Reader {
  get(...values: SqliteValue[]): SqliteRow | undefined;
  all(...values: SqliteValue[]): SqliteRow[];
}

/** A {@link Reader} of single rows by one value, without the names of columns: each name costs a read a tenth of a microsecond. */
export interface ArrayReader {
  get(value: SqliteValue): SqliteArray | undefined;
}

/**
 * Whether the file takes writes. Reads go on in every state. The state goes back to `writable` by
 * itself with the first commit that succeeds; a failed unit is lost to the file and stays its
 * caller's to write again.
 */
export type WriteState =
  | { readonly t: "writable" }
  | { readonly t: "refusing"; readonly error: SqliteError; readonly sinceMs: number };

/** How the file was found when it was opened. */
export type Opening =
  | { readonly t: "created" }
  | { readonly t: "opened" }
  | { readonly t: "replaced"; readonly damagedPath: string; readonly cause: unknown };

/** A file that is read on the calling thread and written by one writer, in order. */
export interface Durable extends AsyncDisposable {
  /** Absolute path of the main file; empty for one that lives in memory only. */
  readonly path: string;
  readonly opening: Opening;
  /** Prepares a read-only statement on the calling thread. */
  reader(sql: string): Reader;
  /** As {@link Durable.reader}, for where every microsecond counts. */
  arrayReader(sql: string): ArrayReader;
  /**
   * Commits the commands as one unit: all or none, after every unit written before it, with
   * `synchronous=FULL`. Units that arrive while a commit runs share the next one.
   *
   * @throws SqliteError `full`, `read-only`, `io`, `busy`, `damaged`, `constraint` or `closed`.
   */
  write(commands: readonly Command[]): Promise<void>;
  writeState(): WriteState;
  /** Calls back on every change of {@link writeState}; returns what ends it. */
  onWriteState(listener: (state: WriteState) => void): () => void;
  /** Writes a consistent copy of the whole file to `path` (mode 0600) while work goes on. */
  backup(path: string): Promise<void>;
  /** Gives free pages back to the file system, at most `maxPages` (default 1,000) at a time. */
  vacuum(maxPages?: number): Promise<void>;
  /** Commits what is queued, then closes. */
  close(): Promise<void>;
}
