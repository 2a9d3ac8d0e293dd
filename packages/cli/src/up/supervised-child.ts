import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { CliError } from "../cli-error.js";
import { type ChildMessage, isChildMessage, type ModeOrder } from "./child-messages.js";

export interface SupervisedChildOptions {
  /** For messages: "the control plane". */
  readonly name: string;
  /** After `node`: flags, script, arguments. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Takes stdout and stderr; replaced at the start. */
  readonly logFile: string;
  readonly onMessage: (message: ChildMessage) => void;
  readonly onRestart: (ending: string, pid: number) => void;
  /** It did not end when it was told to, and had to be killed. */
  readonly onForced: () => void;
}

type State =
  | { readonly t: "stopped" }
  | { readonly t: "starting"; readonly child: ChildProcess }
  | { readonly t: "listening"; readonly child: ChildProcess; readonly sinceMs: number };

const startPatienceMs = 60_000;
const stopPatienceMs = 8_000;
const steadyMs = 10_000;
const maxDelayMs = 5_000;

/**
 * A child process that is started again when it ends. It ends when we do: its end of the IPC
 * channel closes with us, however we die.
 */
export class SupervisedChild implements AsyncDisposable {
  readonly #options: SupervisedChildOptions;
  readonly #log: number;
  #state: State = { t: "stopped" };
  #stopping = false;
  #failures = 0;
  #restarts = 0;
  #retry: NodeJS.Timeout | null = null;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(options: SupervisedChildOptions) {
    this.#options = options;
    this.#log = openSync(options.logFile, "w", 0o600);
  }

  get pid(): number {
    return this.#state.t === "stopped" ? 0 : (this.#state.child.pid ?? 0);
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Resolves once the child listens. @throws CliError `start` where it ends before that. */
  async start(): Promise<void> {
    this.#spawn();
    await this.listening();
  }

  /** Resolves when the child, or its successor, listens. */
  listening(): Promise<void> {
    if (this.#state.t === "listening") return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(this.#failure(`it did not listen within ${startPatienceMs} ms`)),
        startPatienceMs,
      );
      const settled = (settle: () => void) => () => {
        clearTimeout(timer);
        settle();
      };
      this.#waiting.push({
        resolve: settled(resolve),
        reject: (error) => settled(() => reject(error))(),
      });
    });
  }

  send(order: ModeOrder): void {
    if (this.#state.t !== "stopped") this.#state.child.send(order);
  }

  /** Ends the child as a crash would; it is started again. */
  async kill(): Promise<void> {
    if (this.#state.t === "stopped") return;
    const { child } = this.#state;
    const ended = exitOf(child);
    child.kill("SIGKILL");
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#state.t !== "stopped") {
      const { child } = this.#state;
      const ended = exitOf(child);
      child.kill("SIGTERM");
      const force = setTimeout(() => {
        this.#options.onForced();
        child.kill("SIGKILL");
      }, stopPatienceMs);
      await ended;
      clearTimeout(force);
    }
    closeSync(this.#log);
  }

  #spawn(): void {
    const { command, env } = this.#options;
    const stdio = ["ignore", this.#log, this.#log, "ipc"] as const;
    const child = spawn(process.execPath, [...command], { env, stdio: [...stdio] });
    this.#state = { t: "starting", child };
    child.on("message", (message) => {
      if (isChildMessage(message)) this.#hear(child, message);
    });
    // A spawn that fails emits "error" and no "exit".
    child.once("error", (error) => this.#ended(error.message));
    child.once("exit", (code, signal) => this.#ended(signal ?? `code ${code}`));
  }

  #hear(child: ChildProcess, message: ChildMessage): void {
    this.#options.onMessage(message);
    if (message.t !== "listening") return;
    this.#state = { t: "listening", child, sinceMs: Date.now() };
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  #ended(ending: string): void {
    if (this.#state.t === "stopped") return;
    const was = this.#state;
    this.#state = { t: "stopped" };
    if (this.#stopping) return;
    const neverListened = was.t === "starting" && this.#restarts === 0;
    if (neverListened) {
      const error = this.#failure(`it ended with ${ending}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
      return;
    }
    const steady = was.t === "listening" && Date.now() - was.sinceMs >= steadyMs;
    this.#failures = steady ? 0 : this.#failures + 1;
    this.#restarts++;
    // At once after a crash, later and later where it keeps crashing.
    const delayMs = this.#failures <= 1 ? 0 : Math.min(100 * 2 ** this.#failures, maxDelayMs);
    this.#retry = setTimeout(() => {
      this.#spawn();
      this.#options.onRestart(ending, this.pid);
    }, delayMs);
  }

  #failure(state: string): CliError {
    const { name, logFile } = this.#options;
    const said = readFileSync(logFile, "utf8").trim().split("\n").slice(-3).join("\n");
    const more = said === "" ? "" : `; its last words:\n${said}`;
    return new CliError("start", `Cannot start ${name}: ${state}, see ${logFile}${more}`);
  }
}

function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
}
