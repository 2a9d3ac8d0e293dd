import { openRawDatabase } from "@holdfast/sqlite/testing";

/** The floor of a durable write: one upsert, committed with `synchronous=FULL`, over the bare driver. */
export class RawCommit implements Disposable {
  readonly #db: ReturnType<typeof openRawDatabase>;
  readonly #upsert: ReturnType<ReturnType<typeof openRawDatabase>["prepare"]>;

  constructor(path: string) {
    this.#db = openRawDatabase(path);
    this.#db.exec("PRAGMA journal_mode = WAL");
    this.#db.exec("PRAGMA synchronous = FULL");
    this.#db.exec("CREATE TABLE kv (k TEXT PRIMARY KEY, v TEXT NOT NULL) WITHOUT ROWID");
    this.#upsert = this.#db.prepare(
      "INSERT INTO kv VALUES (?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v",
    );
  }

  set(key: string, value: unknown): void {
    this.#upsert.run(key, JSON.stringify(value));
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
