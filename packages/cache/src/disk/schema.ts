import type { Migration } from "@holdfast/sqlite";

/**
 * Copies apart from rows: a copy is one cheap upsert and goes at any time; a row is what the log
 * knows of a key and stays for the horizon. No index on expiry, which would double the cost of a
 * write; the sweep walks the keys instead. `meta` is what a read needs besides the value, in one
 * text because every column of a read costs. Times are steady milliseconds.
 */
export const migrations: readonly Migration[] = [
  {
    name: "the first tables",
    sql: `
      CREATE TABLE copy (k TEXT PRIMARY KEY, v NOT NULL, meta TEXT NOT NULL, gone INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE row (k TEXT PRIMARY KEY, v, meta TEXT NOT NULL, body TEXT NOT NULL,
        generation TEXT, seq INTEGER NOT NULL, keep INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE pending (operation INTEGER PRIMARY KEY, body NOT NULL);
      CREATE TABLE barrier (member TEXT PRIMARY KEY, body TEXT NOT NULL, version INTEGER NOT NULL, swept INTEGER NOT NULL,
        generation TEXT, seq INTEGER NOT NULL, keep INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE note (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
    `,
  },
];

/** What the writer may run, by name. */
export const statements: Readonly<Record<string, string>> = {
  putCopy:
    "INSERT INTO copy (k, v, meta, gone) VALUES (?, ?, ?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v, meta = excluded.meta, gone = excluded.gone",
  dropCopy: "DELETE FROM copy WHERE k = ?",
  putRow:
    "INSERT INTO row (k, v, meta, body, generation, seq, keep) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (k) DO UPDATE SET v = excluded.v, meta = excluded.meta, body = excluded.body, generation = excluded.generation, seq = excluded.seq, keep = excluded.keep",
  dropRow: "DELETE FROM row WHERE k = ?",
  putPending: "INSERT OR REPLACE INTO pending (operation, body) VALUES (?, ?)",
  dropPending: "DELETE FROM pending WHERE operation = ?",
  putBarrier:
    "INSERT OR REPLACE INTO barrier (member, body, version, swept, generation, seq, keep) VALUES (?, ?, ?, ?, ?, ?, ?)",
  dropBarrier: "DELETE FROM barrier WHERE member = ?",
  putNote: "INSERT OR REPLACE INTO note (name, body) VALUES (?, ?)",
  /** Copies gone by a time, within a slice of keys; the time is asked again so that a fresh copy survives. */
  sweepCopies: "DELETE FROM copy WHERE k > ? AND k <= ? AND gone <= ?",
  sweepCopiesToEnd: "DELETE FROM copy WHERE k > ? AND gone <= ?",
  dropAllCopies: "DELETE FROM copy",
  dropAllRows: "DELETE FROM row",
};
