import type { Command } from "../durable.js";
import type { SqliteError } from "../sqlite-error.js";
import type { Writer } from "./writer.js";

const retryMs = 1_000;

/** What a {@link WaitingWriter} needs of its file. */
export interface StandIn {
  /** Makes the real writer, or answers undefined when it is too early. */
  begin(): Writer | undefined;
  /** Reads the whole file over the connection there is. */
  check(): void;
}

/**
 * Stands in for the writer of a file that can only be read for now: refuses everything, and asks
 * once a second whether the real one can begin.
 */
export class WaitingWriter implements Writer {
  readonly #refusal: SqliteError;
  readonly #stand: StandIn;
  readonly #timer: NodeJS.Timeout;
  #writer: Writer | undefined;

  constructor(refusal: SqliteError, stand: StandIn) {
    this.#refusal = refusal;
    this.#stand = stand;
    this.#timer = setInterval(() => this.#retry(), retryMs).unref();
  }

  start(): void {
    this.#writer?.start();
  }

  async write(commands: readonly Command[]): Promise<void> {
    await this.#ready().write(commands);
  }

  async vacuum(maxPages: number): Promise<void> {
    await this.#ready().vacuum(maxPages);
  }

  async check(): Promise<void> {
    if (this.#writer === undefined) this.#stand.check();
    else await this.#writer.check();
  }

  async probe(): Promise<void> {
    await this.#ready().probe();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writer?.close();
  }

  #ready(): Writer {
    if (this.#writer === undefined) throw this.#refusal;
    return this.#writer;
  }

  #retry(): void {
    this.#writer = this.#stand.begin();
    if (this.#writer === undefined) return;
    clearInterval(this.#timer);
    // Tells by itself when it fails: the file then is still refusing, and the writer goes on trying.
    this.#writer.probe().catch(() => undefined);
  }
}
