import { Worker } from "node:worker_threads";
import type { Command } from "../durable.js";
import { SqliteError } from "../sqlite-error.js";
import type { WriteStateHolder } from "../write-state.js";
import type { Unit } from "./committer.js";
import {
  type FromWriter,
  fromMessage,
  type Task,
  type ThreadData,
  type ToWriter,
} from "./messages.js";
import { LoopWatch } from "./stay-awake.js";
import type { Writer, WriterSettings } from "./writer.js";

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: SqliteError) => void;
}

/** The build stands beside this file; unbuilt sources need a translator first. */
const threadUrl: URL = import.meta.url.endsWith(".ts")
  ? new URL("./start-from-source.mjs", import.meta.url)
  : new URL("./writer-thread.js", import.meta.url);

/** Units that may wait for their commit: some seconds of a fast disk, and of memory some hundred megabytes at most. */
const maxWaitingUnits = 100_000;

/** Pause before a thread that died is replaced: one that dies at once must not take the processor. */
const restartMs = 1_000;

/**
 * The writer on a thread of its own. The thread starts with the first thing to do, keeps the
 * process alive only while something is under way, and is started again when it dies.
 */
export class ThreadWriter implements Writer {
  readonly #settings: WriterSettings;
  readonly #state: WriteStateHolder;
  readonly #now: () => number;
  readonly #url: URL;
  readonly #signal: Int32Array = new Int32Array(new SharedArrayBuffer(4));
  #thread: Worker | undefined;
  #pending: Unit[] = [];
  #units: Waiting[] = [];
  readonly #tasks = new Map<number, Waiting>();
  readonly #watch = new LoopWatch(() => this.#units.length > 0);
  #lastTask = 0;
  #closing: Promise<void> | undefined;

  constructor(
    settings: WriterSettings,
    state: WriteStateHolder,
    now: () => number,
    url: URL = threadUrl,
  ) {
    this.#url = url;
    this.#now = now;
    this.#settings = settings;
    this.#state = state;
  }

  start(): void {
    if (this.#closing === undefined) this.#running();
  }

  write(commands: readonly Command[]): Promise<void> {
    if (this.#units.length >= maxWaitingUnits) return Promise.reject(this.#tooMany());
    return new Promise((resolve, reject) => {
      // Everything that one turn of the caller writes travels together.
      if (this.#pending.length === 0) process.nextTick(() => this.#send());
      this.#pending.push(commands);
      this.#units.push({ resolve, reject });
    });
  }

  vacuum(maxPages: number): Promise<void> {
    return this.#perform({ t: "vacuum", maxPages });
  }

  check(): Promise<void> {
    return this.#perform({ t: "check" });
  }

  probe(): Promise<void> {
    return this.#perform({ t: "probe" });
  }

  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    this.#send();
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.ref();
    const ended = new Promise((resolve) => thread.once("exit", resolve));
    this.#post({ t: "close" });
    await ended;
  }

  #send(): void {
    if (this.#pending.length === 0) return;
    const units = this.#pending;
    this.#pending = [];
    this.#post({ t: "units", units });
    this.#watch.begin();
  }

  #perform(task: Task): Promise<void> {
    this.#send();
    this.#lastTask += 1;
    const id = this.#lastTask;
    return new Promise((resolve, reject) => {
      this.#tasks.set(id, { resolve, reject });
      this.#post({ t: "task", id, task });
    });
  }

  #post(message: ToWriter): void {
    const thread = this.#running();
    if (thread === undefined) return;
    thread.ref();
    thread.postMessage(message);
    Atomics.add(this.#signal, 0, 1);
    Atomics.notify(this.#signal, 0);
  }

  /** The thread, started if need be; undefined where the system gives none, which is told like its death. */
  #running(): Worker | undefined {
    if (this.#thread === undefined) {
      try {
        this.#thread = this.#startThread();
      } catch (cause) {
        this.#ended(cause);
      }
    }
    return this.#thread;
  }

  #startThread(): Worker {
    const data: ThreadData = { settings: this.#settings, signal: this.#signal };
    // No flags of the process: those for its own entry, such as --input-type, would end the thread.
    const thread = new Worker(this.#url, {
      workerData: data,
      name: "holdfast-sqlite",
      execArgv: [],
    });
    let cause: unknown;
    thread.on("message", (message: FromWriter) => this.#receive(message));
    thread.on("error", (error) => {
      cause = error;
    });
    thread.on("exit", () => this.#ended(cause));
    // Last: listening for messages takes the thread for something to wait for.
    thread.unref();
    return thread;
  }

  #receive(message: FromWriter): void {
    switch (message.t) {
      case "committed":
        if (message.failed.length < message.count) this.#state.succeeded();
        this.#committed(
          message.count,
          new Map(message.failed.map(([at, e]) => [at, fromMessage(e)])),
        );
        break;
      case "refused":
        this.#refused(message.count, fromMessage(message.error));
        break;
      case "recovered":
        this.#state.succeeded();
        break;
      case "damaged":
        this.#state.refused(fromMessage(message.error), this.#now());
        break;
      case "done":
        this.#done(message.id, message.error === null ? undefined : fromMessage(message.error));
        break;
    }
    if (this.#units.length === 0 && this.#tasks.size === 0 && this.#closing === undefined) {
      this.#thread?.unref();
    }
  }

  #committed(count: number, failed: ReadonlyMap<number, SqliteError>): void {
    for (const [place, waiting] of this.#units.splice(0, count).entries()) {
      const error = failed.get(place);
      if (error === undefined) waiting.resolve();
      else waiting.reject(error);
    }
  }

  #refused(count: number, error: SqliteError): void {
    this.#state.refused(error, this.#now());
    for (const waiting of this.#units.splice(0, count)) waiting.reject(error);
  }

  #done(id: number, error: SqliteError | undefined): void {
    const waiting = this.#tasks.get(id);
    this.#tasks.delete(id);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(error);
  }

  #ended(cause: unknown): void {
    this.#thread = undefined;
    if (this.#closing !== undefined && this.#units.length === 0) return;
    const error = new SqliteError(
      "internal",
      `Cannot write to "${this.#settings.path}": its thread ended, whether it had committed is not known`,
      { cause },
    );
    this.#refused(this.#units.length - this.#pending.length, error);
    for (const id of this.#tasks.keys()) this.#done(id, error);
    if (this.#closing === undefined) setTimeout(() => this.#takeOver(), restartMs).unref();
  }

  /** Has a new thread find out whether the file takes writes. */
  #takeOver(): void {
    if (this.#closing !== undefined || this.#thread !== undefined) return;
    // A failure is told to the state, like every other one.
    this.probe().catch(() => undefined);
  }

  #tooMany(): SqliteError {
    return new SqliteError(
      "busy",
      `Cannot write to "${this.#settings.path}": ${maxWaitingUnits} units wait already`,
    );
  }
}
