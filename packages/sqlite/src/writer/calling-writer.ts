import type { Command } from "../durable.js";
import type { WriteStateHolder } from "../write-state.js";
import type { Writer, WriterSettings } from "./writer.js";
import { WriterCore } from "./writer-core.js";

/** The writer on the calling thread: a unit is durable when `write` returns, and the event loop stood still for it. */
export class CallingWriter implements Writer {
  readonly #core: WriterCore;
  readonly #state: WriteStateHolder;
  readonly #now: () => number;

  constructor(settings: WriterSettings, state: WriteStateHolder, now: () => number) {
    this.#now = now;
    this.#state = state;
    this.#core = new WriterCore(settings, {
      recovered: () => state.succeeded(),
      damaged: (error) => state.refused(error, now()),
    });
  }

  start(): void {
    // There is no thread to start.
  }

  async write(commands: readonly Command[]): Promise<void> {
    const outcome = this.#core.commit([commands]);
    if (outcome.t === "refused") {
      this.#state.refused(outcome.error, this.#now());
      throw outcome.error;
    }
    const failed = outcome.failed.get(0);
    if (failed !== undefined) throw failed;
    this.#state.succeeded();
  }

  async vacuum(maxPages: number): Promise<void> {
    this.#core.vacuum(maxPages);
  }

  async check(): Promise<void> {
    this.#core.check();
  }

  async probe(): Promise<void> {
    this.#core.probe();
  }

  async close(): Promise<void> {
    this.#core.close();
  }
}
