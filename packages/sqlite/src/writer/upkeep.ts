import { statSync } from "node:fs";
import type { StatementCache } from "../driver/statement-cache.js";
import { SqliteError } from "../sqlite-error.js";
import type { WriterSettings } from "./writer.js";
import type { WriterConnection } from "./writer-connection.js";

/** Commits after which the log is copied into the file in the next pause. */
const checkpointCommits = 100;
/** Pause after which the log is emptied: until then it holds what was overwritten and deleted. */
const truncateIdleMs = 5_000;
/** How long emptying a log that reached its bound waits for readers. */
const truncateWaitMs = 100;
/** How long the size of the log is relied on. */
const guardMs = 50;
/** Free pages that are not worth a step. */
const keptFreePages = 256;
/** Pages given back in one step: a few milliseconds of the writer. */
const vacuumPages = 256;

const slowTickMs = 1_000;
const fastTickMs = 50;

/** What a file needs besides commits, in steps small enough to stand between two of them. */
export class Upkeep {
  readonly #connection: WriterConnection;
  readonly #settings: WriterSettings;
  #commits = 0;
  #lastCommitMs = 0;
  #logHolds = false;
  #guardedMs = -Infinity;

  constructor(connection: WriterConnection, settings: WriterSettings) {
    this.#connection = connection;
    this.#settings = settings;
  }

  /** Notes a commit. */
  committed(nowMs: number): void {
    this.#commits += 1;
    this.#lastCommitMs = nowMs;
    this.#logHolds = true;
  }

  /**
   * Does what is due; the result says after how many milliseconds to come again, `undefined` that
   * nothing is left to do until the next commit.
   */
  tick(nowMs: number): number | undefined {
    const idleMs = nowMs - this.#lastCommitMs;
    if (idleMs >= slowTickMs && this.#vacuumStep()) {
      this.#logHolds = true;
      return fastTickMs;
    }
    if (idleMs >= truncateIdleMs && this.#logHolds) {
      this.#logHolds = !this.#emptyLog(0);
    } else if (this.#commits >= checkpointCommits) {
      this.#connection.use(({ db }) => db.exec("PRAGMA wal_checkpoint(PASSIVE)"));
      this.#commits = 0;
    }
    return this.#logHolds ? slowTickMs : undefined;
  }

  /** Empties the log of a file that is not going to be written any more. */
  leave(): void {
    if (this.#logHolds) this.#emptyLog(truncateWaitMs);
  }

  /**
   * Holds commits back while the log is at its bound and somebody reads in it: a log that nobody
   * can empty would take the whole disk.
   *
   * @throws SqliteError `busy`
   */
  guardLog(nowMs: number): void {
    // Not at every commit: asking a file for its times makes the next write to it note new ones, and
    // its sync then costs half as much again.
    if (nowMs - this.#guardedMs < guardMs) return;
    const { path, maxWalBytes } = this.#settings;
    const bytes = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
    if (bytes < maxWalBytes || this.#emptyLog(truncateWaitMs)) {
      this.#guardedMs = nowMs;
      return;
    }
    throw new SqliteError(
      "busy",
      `Cannot write to "${path}": a reader keeps ${bytes} bytes of its log, at most ${maxWalBytes} are allowed`,
    );
  }

  /** Copies the log into the file and cuts it to nothing; false where a reader or another writer is in the way. */
  #emptyLog(waitMs: number): boolean {
    const { lockWaitMs } = this.#settings;
    return this.#connection.use((connection) => {
      const { db } = connection;
      db.exec(`PRAGMA busy_timeout = ${waitMs}`);
      try {
        return connection.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get()?.["busy"] === 0;
      } finally {
        db.exec(`PRAGMA busy_timeout = ${lockWaitMs}`);
      }
    });
  }

  /** Gives back free pages where there are many; true when it did. */
  #vacuumStep(): boolean {
    return this.#connection.use((connection) => {
      const free = freePages(connection);
      if (free <= keptFreePages) return false;
      connection.db.exec(
        `PRAGMA incremental_vacuum(${Math.min(vacuumPages, free - keptFreePages)})`,
      );
      return true;
    });
  }
}

function freePages(connection: StatementCache): number {
  return Number(connection.prepare("PRAGMA freelist_count").get()?.["freelist_count"]);
}
