import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A module of `programs/` in a process of its own, which sends one message for each one it gets, or more. */
export class Program implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #arrived: unknown[] = [];
  #waiting: { resolve(message: unknown): void; reject(error: Error): void } | null = null;

  private constructor(name: string, args: readonly string[]) {
    const path = fileURLToPath(new URL(`../programs/${name}.js`, import.meta.url));
    this.#process = fork(path, args, { serialization: "advanced" });
    this.#process.on("message", (message) => {
      const waiting = this.#waiting;
      this.#waiting = null;
      if (waiting === null) this.#arrived.push(message);
      else waiting.resolve(message);
    });
    this.#process.on("exit", (code) =>
      this.#waiting?.reject(new Error(`Cannot go on: "${name}" ended with ${code}`)),
    );
  }

  /** Resolves once the program has said that it is ready, with its first message. */
  static async start(name: string, ...args: readonly string[]): Promise<Program> {
    const program = new Program(name, args);
    await program.next();
    return program;
  }

  /** Sends a message and resolves with what the program sends next. */
  ask(message: string): Promise<unknown> {
    const answer = this.next();
    this.#process.send(message);
    return answer;
  }

  /** What the program sends next. One caller at a time. */
  next(): Promise<unknown> {
    if (this.#arrived.length > 0) return Promise.resolve(this.#arrived.shift());
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#waiting = null;
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGKILL");
    await ended;
  }
}
