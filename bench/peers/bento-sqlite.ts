import { openRawDatabase, type RawDatabase } from "@holdfast/sqlite/testing";
import { BentoCache, bentostore } from "bentocache";
import { kyselyDriver } from "bentocache/drivers/kysely";
import { Kysely, type SqliteDatabase, SqliteDialect } from "kysely";

/** BentoCache with SQLite as its only level, over the driver that Holdfast uses too. */
export async function openBentoSqlite(path: string): Promise<BentoOnSqlite> {
  const db = openRawDatabase(path);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = NORMAL");
  const connection = new Kysely<Record<string, never>>({
    dialect: new SqliteDialect({ database: asDialectWants(db) }),
  });
  const cache = new BentoCache({
    default: "store",
    stores: { store: bentostore().useL2Layer(kyselyDriver({ connection })) },
  });
  return {
    get: (key) => cache.get({ key }),
    async fill(keys, valueOf) {
      await cache.set({ key: "bench:first", value: 1, ttl: "6h" });
      db.exec("BEGIN");
      for (const [index, key] of keys.entries())
        await cache.set({ key, value: valueOf(index), ttl: "6h" });
      db.exec("COMMIT");
    },
    [Symbol.asyncDispose]: () => cache.disconnectAll(),
  };
}

interface BentoOnSqlite extends AsyncDisposable {
  get(key: string): Promise<unknown>;
  fill(keys: readonly string[], valueOf: (index: number) => unknown): Promise<void>;
}

function asDialectWants(db: RawDatabase): SqliteDatabase {
  return {
    close: () => db.close(),
    prepare(sql) {
      const statement = db.prepare(sql);
      type Values = Parameters<typeof statement.all>;
      return {
        reader: /^\s*(?:select|with)\b|\breturning\b/i.test(sql),
        all: (values) => statement.all(...(values as Values)),
        run: (values) => ({ changes: statement.run(...(values as Values)), lastInsertRowid: 0 }),
        iterate: (values) => statement.all(...(values as Values))[Symbol.iterator](),
      };
    },
  };
}
