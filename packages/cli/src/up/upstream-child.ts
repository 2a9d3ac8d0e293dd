import { join } from "node:path";
import type { ChildMessage } from "./child-messages.js";
import { freePort } from "./free-port.js";
import { SupervisedChild } from "./supervised-child.js";
import type { LinkMode } from "./up-state.js";

export interface UpstreamChildOptions {
  readonly directory: string;
  /** Flags of node and the path of the command. */
  readonly node: readonly string[];
  readonly onEvent: (text: string) => void;
}

const patienceMs = 10_000;

/** The sample upstream in a process of its own, and what it was told to be. */
export class UpstreamChild implements AsyncDisposable {
  readonly #child: SupervisedChild;
  #url = "";
  #mode: LinkMode = "up";
  #asked = 0;
  #askedBefore = 0;
  readonly #waiting = new Set<(mode: LinkMode) => void>();

  static async start(options: UpstreamChildOptions): Promise<UpstreamChild> {
    const child = new UpstreamChild(options, await freePort(0));
    await child.#child.start();
    return child;
  }

  private constructor({ directory, node, onEvent }: UpstreamChildOptions, port: number) {
    this.#child = new SupervisedChild({
      name: "the sample upstream",
      command: [...node, "sample-upstream", "--port", String(port)],
      env: process.env,
      logFile: join(directory, "upstream.log"),
      onMessage: (message) => this.#hear(message),
      onForced: () => onEvent("the sample upstream did not end in time and was killed"),
      onRestart: (ending, pid) => {
        this.#askedBefore += this.#asked;
        this.#asked = 0;
        this.#mode = "up";
        onEvent(`the sample upstream ended (${ending}) and was started again (pid ${pid})`);
      },
    });
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get mode(): LinkMode {
    return this.#mode;
  }

  get asked(): number {
    return this.#askedBefore + this.#asked;
  }

  /** Resolves when the upstream is as it was told to be. */
  be(mode: LinkMode): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(heard);
        reject(new Error(`the sample upstream did not obey within ${patienceMs} ms`));
      }, patienceMs);
      const heard = (now: LinkMode): void => {
        if (now !== mode) return;
        clearTimeout(timer);
        this.#waiting.delete(heard);
        resolve();
      };
      this.#waiting.add(heard);
      this.#child.send({ t: "mode", mode });
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }

  #hear(message: ChildMessage): void {
    if (message.t === "listening") this.#url = message.url;
    if (message.t === "asked") this.#asked = message.asked;
    if (message.t !== "mode") return;
    this.#mode = message.mode;
    for (const heard of this.#waiting) heard(message.mode);
  }
}
