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

const probeMs = 1_000;
const checkIdleMs = 200;

/** The writer of one file on whichever thread it runs: commits when told to, looks after the file in between. */
export class WriterCore {
  readonly #settings: WriterSettings;
  readonly #events: WriterEvents;
  readonly #connection: WriterConnection;
  readonly #upkeep: Upkeep;
  #upkeepTimer: NodeJS.Timeout | undefined;
  #probeTimer: NodeJS.Timeout | undefined;
  #checkTimer: NodeJS.Timeout | undefined;
  #damage: SqliteError | undefined;

  constructor(settings: WriterSettings, events: WriterEvents) {
    this.#settings = settings;
    this.#events = events;
    this.#connection = new WriterConnection(settings);
    this.#upkeep = new Upkeep(this.#connection, settings);
    if (settings.checkWhenIdle) {
      this.#checkTimer = setTimeout(() => this.#checkNow(), checkIdleMs).unref();
    }
  }

  commit(units: readonly Unit[]): GroupOutcome {
    if (this.#damage !== undefined) return { t: "refused", error: this.#damage };
    const outcome = this.#commit(units);
    if (outcome.t === "refused") {
      this.#refused(outcome.error);
      return outcome;
    }
    this.#stopProbing();
    this.#checkTimer?.refresh();
    this.#upkeep.committed(Date.now());
    this.#upkeepTimer ??= this.#upkeepAfter(1_000);
    return outcome;
  }

  vacuum(maxPages: number): void {
    this.#connection.use(({ db }) => db.exec(`PRAGMA incremental_vacuum(${maxPages})`));
    this.#upkeep.committed(Date.now());
  }

  /** @throws SqliteError `damaged` */
  check(): void {
    clearTimeout(this.#checkTimer);
    this.#connection.check();
  }

  /** Tries whether the file takes writes, and goes on trying until it does. */
  probe(): void {
    const outcome = this.#connection.probe();
    if (outcome.t === "refused") {
      this.#refused(outcome.error);
      return;
    }
    this.#stopProbing();
    this.#events.recovered();
  }

  /** Ends all upkeep and lets go of the file; its log is emptied where nobody else uses it. */
  close(): void {
    clearTimeout(this.#checkTimer);
    clearTimeout(this.#upkeepTimer);
    this.#stopProbing();
    // Not left to the end of the last connection: that may be a reader, or one that the garbage
    // collector has not found yet, and what was deleted must not stay in the log.
    this.#attempt(() => this.#upkeep.leave());
    this.#connection.close();
  }

  #commit(units: readonly Unit[]): GroupOutcome {
    try {
      this.#upkeep.guardLog();
    } catch (cause) {
      return { t: "refused", error: translateError(`write to "${this.#settings.path}"`, cause) };
    }
    return this.#connection.commit(units);
  }

  #refused(error: SqliteError): void {
    if (error.code === "damaged") this.#damage = error;
    else this.#probeTimer ??= setInterval(() => this.probe(), probeMs).unref();
  }

  #stopProbing(): void {
    clearInterval(this.#probeTimer);
    this.#probeTimer = undefined;
  }

  #checkNow(): void {
    this.#attempt(() => this.check());
  }

  #upkeepAfter(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#upkeepTimer = undefined;
      // After a failure the next commit starts it again, and that commit is what has to succeed.
      const nextMs = this.#attempt(() => this.#upkeep.tick(Date.now()));
      if (nextMs !== undefined) this.#upkeepTimer = this.#upkeepAfter(nextMs);
    }, delayMs).unref();
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
