import { openRawDatabase, type RawDatabase } from "@holdfast/sqlite/testing";

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 30000;
  CREATE TABLE IF NOT EXISTS cache_kv (k TEXT PRIMARY KEY, v TEXT NOT NULL, expires_at INTEGER NOT NULL);
  CREATE INDEX IF NOT EXISTS idx_cache_kv_expires ON cache_kv (expires_at);
`;

/** Opens the article's table, on the calling thread. */
export async function openArticleFile(path: string): Promise<RawDatabase> {
  const db = openRawDatabase(path);
  db.exec(schema);
  return db;
}
