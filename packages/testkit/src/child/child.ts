import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { TestkitError } from "../testkit-error.js";
import { before } from "../wait/before.js";
import { type FromChild, revivedError, type ToChild } from "./messages.js";
import { type Ending, OwnedProcess, tiedToParent } from "./owned-process.js";

export interface ChildOptions {
  /** A TypeScript or JavaScript module that calls `serveChild`. */
  readonly entry: URL;
  readonly args?: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** More flags for node. */
  readonly nodeArgs?: readonly string[];
  /** How long one question may take. @default 30_000 */
  readonly askDeadlineMs?: number;
}

const readyDeadlineMs = 30_000;
const fromSource = ["--conditions=@holdfast/source", "--import", "tsx"];

/**
 * Runs a module in a process of its own, from source, and resolves once it serves. It is killed on
 * disposal, and dies when this process does, however that ends.
 */
export async function startChild(options: ChildOptions): Promise<Child> {
  const child = new Child(options);
  try {
    await child.ready();
    return child;
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}

interface Question {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A process of a test that answers questions and may be stopped or killed at any moment. */
export class Child implements AsyncDisposable {
  readonly exited: Promise<Ending>;
  readonly #process: OwnedProcess;
  readonly #fork: ChildProcess;
  readonly #askDeadlineMs: number;
  readonly #questions = new Map<number, Question>();
  readonly #ready: Promise<void>;
  #asked = 0;

  constructor(options: ChildOptions) {
    const { entry, args = [], env = {}, nodeArgs = [], askDeadlineMs = 30_000 } = options;
    const path = fileURLToPath(entry);
    const [program, ...tie] = tiedToParent(process.execPath);
    this.#fork = fork(path, args, {
      execPath: program,
      execArgv: [...tie, ...fromSource, ...nodeArgs],
      env: { ...process.env, ...env },
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#process = new OwnedProcess(this.#fork, path);
    this.exited = this.#process.exited;
    this.#askDeadlineMs = askDeadlineMs;
    this.#ready = new Promise((resolve, reject) => {
      this.#fork.on("message", (message: FromChild) => {
        if (message.t === "ready") resolve();
        else this.#settle(message);
      });
      void this.exited.then(() => {
        reject(this.#process.endedError("start"));
        this.#abandon();
      });
    });
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** The end of what it wrote to stdout and stderr. */
  get output(): string {
    return this.#process.output;
  }

  /** Resolves once it serves. */
  async ready(): Promise<void> {
    await before(this.#ready, readyDeadlineMs, "start a child");
  }

  /**
   * Calls a handler that the child serves. An error of the handler is thrown with its name and code.
   *
   * @throws TestkitError `exited` where the child ends before it has answered.
   */
  async ask<T = unknown>(name: string, ...args: readonly unknown[]): Promise<T> {
    if (this.#process.ending !== undefined) throw this.#process.endedError(`ask for "${name}"`);
    this.#asked += 1;
    const message: ToChild = { t: "ask", id: this.#asked, name, args };
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#questions.set(message.id, { resolve, reject });
      this.#fork.send(message, (cause) => {
        if (cause !== null)
          reject(new TestkitError("exited", `Cannot ask for "${name}"`, { cause }));
      });
    });
    return (await before(answer, this.#askDeadlineMs, `ask a child for "${name}"`)) as T;
  }

  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** SIGSTOP. */
  freeze(): void {
    this.#process.freeze();
  }

  /** SIGCONT. */
  thaw(): void {
    this.#process.thaw();
  }

  signal(name: NodeJS.Signals): void {
    this.#process.signal(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    if (this.#fork.connected) this.#fork.disconnect();
  }

  #settle(message: Exclude<FromChild, { t: "ready" }>): void {
    const question = this.#questions.get(message.id);
    this.#questions.delete(message.id);
    if (message.t === "answer") question?.resolve(message.value);
    else question?.reject(revivedError(message.error));
  }

  #abandon(): void {
    for (const question of this.#questions.values()) {
      question.reject(this.#process.endedError("get an answer"));
    }
    this.#questions.clear();
  }
}

/** Whether the error says that the child was gone before it answered. */
export function isExit(error: unknown): boolean {
  return error instanceof TestkitError && error.code === "exited";
}
