import { openRawDatabase } from "@holdfast/sqlite/testing";

/** The floor of a durable read: one prepared statement of the bare driver and the parsing of what it finds. */
export class RawReads implements Disposable {
  readonly #db: ReturnType<typeof openRawDatabase>;
  readonly #select: ReturnType<ReturnType<typeof openRawDatabase>["prepare"]>;

  constructor(path: string) {
    this.#db = openRawDatabase(path);
    this.#select = this.#db.prepare("SELECT v, expires FROM kv WHERE k = ?");
  }

  /** Makes the file that is read. */
  static fill(path: string, keys: readonly string[], valueOf: (index: number) => unknown): void {
    using db = openRawDatabase(path);
    db.exec("PRAGMA journal_mode = WAL");
    db.exec(
      "CREATE TABLE kv (k TEXT PRIMARY KEY, v TEXT NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID",
    );
    const insert = db.prepare("INSERT INTO kv VALUES (?, ?, ?)");
    db.exec("BEGIN");
    for (const [index, key] of keys.entries())
      insert.run(key, JSON.stringify(valueOf(index)), Number.MAX_SAFE_INTEGER);
    db.exec("COMMIT");
  }

  get(key: string): unknown {
    const row = this.#select.get(key);
    if (row === undefined || Number(row["expires"]) <= Date.now()) return null;
    return JSON.parse(String(row["v"]));
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
