import { loadDriver } from "../driver/load-driver.js";
import { StatementCache } from "../driver/statement-cache.js";
import type { Migration } from "../durable.js";
import { quoted } from "../file/migrate.js";
import type { Bracket } from "../writer/committer.js";

/**
 * Groups on a memory disk are savepoints: the whole life of a disk is one transaction that is
 * rolled back at its end, and the next one starts from the same migrated tables in microseconds.
 */
export const lifeBracket: Bracket = {
  begin: "SAVEPOINT part",
  commit: "RELEASE part",
  rollBack: "ROLLBACK TO part; RELEASE part",
};

/** Disks that are kept for the next one who needs the same tables. */
const maxIdle = 64;
const idle: MemoryDisk[] = [];

/** A migrated database in memory, used over and over. */
export class MemoryDisk {
  readonly connection: StatementCache;
  readonly #tables: string;
  #settled = false;

  private constructor(tables: string) {
    this.#tables = tables;
    const db = new (loadDriver().DatabaseSync)(":memory:");
    this.connection = new StatementCache(db);
    db.exec(["PRAGMA foreign_keys = ON", "BEGIN", tables, "COMMIT"].join("\n;\n"));
    db.exec("SAVEPOINT life");
  }

  static take(migrations: readonly Migration[]): MemoryDisk {
    const tables = migrations.map((migration) => migration.sql).join("\n;\n");
    const place = idle.findIndex((disk) => disk.#tables === tables);
    return idle.splice(place, place < 0 ? 0 : 1)[0] ?? new MemoryDisk(tables);
  }

  /** Writes everything to a file. It ends the one transaction, and with it the use of this disk by others. */
  copyTo(path: string): void {
    if (!this.#settled) this.connection.db.exec("RELEASE life");
    this.#settled = true;
    this.connection.db.exec(`VACUUM INTO ${quoted(path)}`);
  }

  /** Forgets everything that was written since {@link take} and gives the disk back. */
  wipe(): void {
    if (this.#settled || idle.length === maxIdle) {
      this.connection.db.close();
      return;
    }
    this.connection.prepare("ROLLBACK TO life").run();
    idle.push(this);
  }
}
