import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from "node:worker_threads";
import { translateError } from "../translate-error.js";
import type { Unit } from "./committer.js";
import {
  type ErrorMessage,
  type FromWriter,
  type Task,
  type ThreadData,
  type ToWriter,
  toMessage,
} from "./messages.js";
import { awaitSignal } from "./stay-awake.js";
import { WriterCore } from "./writer-core.js";

/** Units in one transaction: enough to share one sync, few enough not to keep the first one waiting. */
const maxGroupUnits = 1_024;

/** The writer's thread: takes what has arrived, commits it as a group, answers, looks again. */
class WriterThread {
  readonly #port: MessagePort;
  readonly #signal: Int32Array;
  readonly #path: string;
  readonly #core: WriterCore;
  #group: Unit[] = [];
  #closed = false;

  constructor(port: MessagePort, { signal, settings }: ThreadData) {
    this.#port = port;
    this.#signal = signal;
    this.#path = settings.path;
    this.#core = new WriterCore(
      settings,
      {
        recovered: () => this.#send({ t: "recovered" }),
        damaged: (error) => this.#send({ t: "damaged", error: toMessage(error) }),
      },
      performance.now(),
    );
  }

  /** Runs until it is told to close. It sleeps on the signal: an event loop would wake up more slowly. */
  run(): void {
    while (!this.#closed) {
      const seen = Atomics.load(this.#signal, 0);
      if (this.#takeAll()) awaitSignal(this.#signal, seen);
      if (this.#closed) return;
      this.#core.runDue(performance.now());
      Atomics.wait(this.#signal, 0, seen, Math.max(0, this.#core.nextDueMs() - performance.now()));
    }
  }

  /** Whatever came while the last group was being committed shares the next commit. Answers whether there was anything. */
  #takeAll(): boolean {
    for (let any = false; ; any = true) {
      const next: { readonly message: ToWriter } | undefined = receiveMessageOnPort(this.#port);
      if (next === undefined) {
        this.#commitGroup();
        return any;
      }
      this.#take(next.message);
    }
  }

  #take(message: ToWriter): void {
    if (message.t === "units") {
      for (const unit of message.units) {
        this.#group.push(unit);
        if (this.#group.length === maxGroupUnits) this.#commitGroup();
      }
      return;
    }
    this.#commitGroup();
    if (message.t === "task") {
      this.#send({ t: "done", id: message.id, error: this.#perform(message.task) });
      return;
    }
    this.#closed = true;
    this.#core.close();
    this.#port.close();
  }

  #commitGroup(): void {
    if (this.#group.length === 0) return;
    const units = this.#group;
    this.#group = [];
    const outcome = this.#core.commit(units, performance.now());
    const count = units.length;
    if (outcome.t === "refused") {
      this.#send({ t: "refused", count, error: toMessage(outcome.error) });
      return;
    }
    const failed = Array.from(outcome.failed, ([at, error]) => [at, toMessage(error)] as const);
    this.#send({ t: "committed", count, failed });
  }

  #perform(task: Task): ErrorMessage | null {
    try {
      switch (task.t) {
        case "vacuum":
          this.#core.vacuum(task.maxPages, performance.now());
          break;
        case "check":
          this.#core.check();
          break;
        case "probe":
          this.#core.probe(performance.now());
          break;
      }
      return null;
    } catch (cause) {
      return toMessage(translateError(`${task.t} "${this.#path}"`, cause));
    }
  }

  #send(message: FromWriter): void {
    this.#port.postMessage(message);
  }
}

if (parentPort !== null) new WriterThread(parentPort, workerData).run();
