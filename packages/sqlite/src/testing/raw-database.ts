import { loadDriver } from "../driver/load-driver.js";
import type { SqliteRow, SqliteValue } from "../durable.js";

/** A prepared statement of the driver. */
export interface RawStatement {
  /** Answers how many rows it changed. */
  run(...values: SqliteValue[]): number;
  get(...values: SqliteValue[]): SqliteRow | undefined;
  all(...values: SqliteValue[]): SqliteRow[];
}

/** A connection of the driver, with the driver's defaults and none of this room's promises. */
export interface RawDatabase extends Disposable {
  exec(sql: string): void;
  prepare(sql: string): RawStatement;
  close(): void;
}

/**
 * Opens a file as the driver does: on the calling thread, no pragmas, no migrations. For looking
 * into files, for damaging and locking them, and for what is to be compared with this room.
 */
export function openRawDatabase(path: string): RawDatabase {
  const db = new (loadDriver().DatabaseSync)(path);
  return {
    exec: (sql) => db.exec(sql),
    prepare(sql) {
      const statement = db.prepare(sql);
      return {
        run: (...values) => changesOf(statement.run(...values)),
        get: (...values) => statement.get(...values),
        all: (...values) => statement.all(...values),
      };
    },
    close: () => db.close(),
    [Symbol.dispose]: () => db.close(),
  };
}

function changesOf(result: unknown): number {
  const known = typeof result === "object" && result !== null && "changes" in result;
  return known ? Number(result.changes) : 0;
}
