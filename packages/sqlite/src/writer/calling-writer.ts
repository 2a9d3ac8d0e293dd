import type { Command } from "../durable.js";
import type { SqliteError } from "../sqlite-error.js";
import type { WriteStateHolder } from "../write-state.js";
import type { Writer, WriterSettings } from "./writer.js";
import { WriterCore } from "./writer-core.js";

/** The writer on the calling thread: a unit is durable when `write` returns, and the event loop stood still for it. */
export class CallingWriter implements Writer {
  readonly #core: WriterCore;
  readonly #state: WriteStateHolder;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #timerMs = Infinity;

  constructor(settings: WriterSettings, state: WriteStateHolder, now: () => number) {
    this.#now = now;
    this.#state = state;
    const events = {
      recovered: () => state.succeeded(),
      damaged: (error: SqliteError) => state.refused(error, now()),
    };
    this.#core = new WriterCore(settings, events, performance.now());
  }

  start(): void {
    // There is no thread to start.
  }

  async write(commands: readonly Command[]): Promise<void> {
    const outcome = this.#core.commit([commands], performance.now());
    this.#arm();
    if (outcome.t === "refused") {
      this.#state.refused(outcome.error, this.#now());
      throw outcome.error;
    }
    const failed = outcome.failed.get(0);
    if (failed !== undefined) throw failed;
    this.#state.succeeded();
  }

  async vacuum(maxPages: number): Promise<void> {
    this.#core.vacuum(maxPages, performance.now());
    this.#arm();
  }

  async check(): Promise<void> {
    this.#core.check();
  }

  async probe(): Promise<void> {
    this.#core.probe(performance.now());
    this.#arm();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#core.close();
  }

  /** Sets the timer for what is due next, unless one is set that comes no later. */
  #arm(): void {
    const dueMs = this.#core.nextDueMs();
    if (dueMs >= this.#timerMs) return;
    clearTimeout(this.#timer);
    this.#timerMs = dueMs;
    this.#timer = setTimeout(() => this.#tick(), dueMs - performance.now()).unref();
  }

  #tick(): void {
    this.#timerMs = Infinity;
    this.#core.runDue(performance.now());
    this.#arm();
  }
}
