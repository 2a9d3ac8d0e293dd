import { type ChildProcess, spawn } from "node:child_process";
import { TestkitError } from "../testkit-error.js";
import { before } from "../wait/before.js";
import { programPath } from "./program-path.js";

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const keptOutput = 65_536;
const exitDeadlineMs = 10_000;

const living = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** What is put before a command line so that the kernel kills the process when this one dies, even by SIGKILL. */
export function tiedToParent(program: string): readonly [string, ...string[]] {
  const setpriv = process.platform === "linux" ? programPath("setpriv") : undefined;
  return setpriv === undefined ? [program] : [setpriv, "--pdeathsig", "KILL", program];
}

/** A process that this one started and ends: stopped and continued by signals, killed on disposal. */
export class OwnedProcess implements AsyncDisposable {
  readonly exited: Promise<Ending>;
  readonly #child: ChildProcess;
  readonly #what: string;
  #output = "";
  #ending: Ending | undefined;

  /** Takes over a child that was just spawned, with stdout and stderr as pipes or ignored. */
  constructor(child: ChildProcess, what: string) {
    this.#child = child;
    this.#what = what;
    living.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString("utf8")).slice(-keptOutput);
      });
    }
    this.exited = new Promise((resolve) => {
      const end = (ending: Ending) => {
        living.delete(child);
        this.#ending ??= ending;
        resolve(this.#ending);
      };
      child.once("exit", (code, signal) => end({ code, signal }));
      child.once("error", (error) => {
        this.#output += error.message;
        end({ code: null, signal: null });
      });
    });
  }

  static spawn(program: string, args: readonly string[]): OwnedProcess {
    const [first, ...rest] = tiedToParent(program);
    const child = spawn(first, [...rest, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    return new OwnedProcess(child, program);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** The end of what it wrote to stdout and stderr. */
  get output(): string {
    return this.#output;
  }

  /** SIGSTOP: it keeps its sockets and answers nothing. */
  freeze(): void {
    this.#signal("SIGSTOP");
  }

  /** SIGCONT. */
  thaw(): void {
    this.#signal("SIGCONT");
  }

  signal(name: NodeJS.Signals): void {
    this.#signal(name);
  }

  /** SIGKILL, and waits until it is gone; it dies frozen too. */
  async kill(): Promise<void> {
    if (this.#ending !== undefined) return;
    this.#child.kill("SIGKILL");
    await before(this.exited, exitDeadlineMs, `end ${this.#what}`);
  }

  endedError(doing: string): TestkitError {
    const ending = this.#ending;
    const how =
      ending?.signal ?? (ending?.code === null ? "did not start" : `code ${ending?.code}`);
    const said = this.#output.trim();
    return new TestkitError(
      "exited",
      `Cannot ${doing}: ${this.#what} ended with ${how}${said === "" ? "" : `: ${said}`}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #signal(name: NodeJS.Signals): void {
    if (this.#ending !== undefined) throw this.endedError(`send ${name}`);
    this.#child.kill(name);
  }
}
