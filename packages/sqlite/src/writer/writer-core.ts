import type { SqliteError } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";
import type { GroupOutcome, Unit } from "./committer.js";
import { Upkeep } from "./upkeep.js";
import type { WriterSettings } from "./writer.js";
import { WriterConnection } from "./writer-connection.js";

/** What a writer tells without being asked. */
export interface WriterEvents {
  /** The file took a probe after it had refused. */
  recovered(): void;
  /** The whole file was read and contradicts itself. */
  damaged(error: SqliteError): void;
}

/** Times on the monotonic clock at which something is to be done; absent when it is not. */
type Due = Partial<Record<"upkeep" | "probe" | "check", number>>;

const upkeepMs = 1_000;
const probeMs = 1_000;
const checkIdleMs = 200;

/**
 * The writer of one file, on whichever thread it runs: commits when told to, looks after the file
 * in between. It has no timers of its own: whoever drives it asks when it is due next.
 */
export class WriterCore {
  readonly #settings: WriterSettings;
  readonly #events: WriterEvents;
  readonly #connection: WriterConnection;
  readonly #upkeep: Upkeep;
  readonly #due: Due = {};
  #damage: SqliteError | undefined;

  constructor(settings: WriterSettings, events: WriterEvents, nowMs: number) {
    this.#settings = settings;
    this.#events = events;
    this.#connection = new WriterConnection(settings);
    this.#upkeep = new Upkeep(this.#connection, settings);
    if (settings.checkWhenIdle) this.#due.check = nowMs + checkIdleMs;
  }

  commit(units: readonly Unit[], nowMs: number): GroupOutcome {
    if (this.#damage !== undefined) return { t: "refused", error: this.#damage };
    const outcome = this.#guardedCommit(units, nowMs);
    if (outcome.t === "refused") {
      this.#refused(outcome.error, nowMs);
      return outcome;
    }
    delete this.#due.probe;
    // The whole file is read in a pause, not between two groups.
    if (this.#due.check !== undefined) this.#due.check = nowMs + checkIdleMs;
    this.#changed(nowMs);
    return outcome;
  }

  vacuum(maxPages: number, nowMs: number): void {
    this.#connection.use(({ db }) => db.exec(`PRAGMA incremental_vacuum(${maxPages})`));
    this.#changed(nowMs);
  }

  /** @throws SqliteError `damaged` */
  check(): void {
    delete this.#due.check;
    this.#connection.check();
  }

  /** Tries whether the file takes writes, and goes on trying until it does. */
  probe(nowMs: number): void {
    delete this.#due.probe;
    const outcome = this.#connection.probe();
    if (outcome.t === "refused") this.#refused(outcome.error, nowMs);
    else this.#events.recovered();
  }

  /** When {@link runDue} has something to do. */
  nextDueMs(): number {
    const { upkeep = Infinity, probe = Infinity, check = Infinity } = this.#due;
    return Math.min(upkeep, probe, check);
  }

  /** Does what is due. */
  runDue(nowMs: number): void {
    const { upkeep = Infinity, probe = Infinity, check = Infinity } = this.#due;
    if (probe <= nowMs) this.probe(nowMs);
    if (check <= nowMs) this.#attempt(() => this.check());
    if (upkeep > nowMs) return;
    delete this.#due.upkeep;
    // After a failure the next commit starts it again, and that commit is what has to succeed.
    const afterMs = this.#attempt(() => this.#upkeep.tick(nowMs));
    if (afterMs !== undefined) this.#due.upkeep = nowMs + afterMs;
  }

  /** Empties the log and lets go of the file. */
  close(): void {
    // Not left to the end of the last connection: that may be a reader, or one that the garbage
    // collector has not found yet, and what was deleted must not stay in the log.
    this.#attempt(() => this.#upkeep.leave());
    this.#connection.close();
  }

  #guardedCommit(units: readonly Unit[], nowMs: number): GroupOutcome {
    try {
      this.#upkeep.guardLog(nowMs);
    } catch (cause) {
      return { t: "refused", error: translateError(`write to "${this.#settings.path}"`, cause) };
    }
    return this.#connection.commit(units);
  }

  #changed(nowMs: number): void {
    this.#upkeep.committed(nowMs);
    this.#due.upkeep ??= nowMs + upkeepMs;
  }

  #refused(error: SqliteError, nowMs: number): void {
    if (error.code === "damaged") this.#damage = error;
    else this.#due.probe ??= nowMs + probeMs;
  }

  #attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (cause) {
      const error = translateError(`look after "${this.#settings.path}"`, cause);
      if (error.code === "damaged") {
        this.#damage = error;
        this.#events.damaged(error);
      }
      return undefined;
    }
  }
}
