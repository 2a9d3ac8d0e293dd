import { join } from "node:path";
import { freePort } from "./free-port.js";
import { SupervisedChild } from "./supervised-child.js";

export interface ControlChildOptions {
  /** The control plane's state directory. */
  readonly directory: string;
  /** The preferred port; another one where it is taken. */
  readonly port: number;
  readonly realm: string;
  readonly upstreamUrl: string;
  readonly redisUrl: string | null;
  readonly redisPrefix: string;
  readonly fleetKeyFile: string;
  /** Flags of node and the path of the command. */
  readonly node: readonly string[];
  readonly onEvent: (text: string) => void;
}

export interface Killed {
  readonly pid: number;
  readonly successor: number;
  readonly tookMs: number;
}

/** Short and exact, so that an answer grows old while somebody watches. */
const demoTerms = { ttl: "15s", grace: "24h", jitter: "0", "refresh-ahead": "1" };

/** The control plane in a process of its own, started again whenever it ends. */
export class ControlChild implements AsyncDisposable {
  readonly logFile: string;
  readonly #child: SupervisedChild;
  #url = "";

  static async start(options: ControlChildOptions): Promise<ControlChild> {
    // The same port for every successor: who is connected finds it again.
    const child = new ControlChild(options, await freePort(options.port));
    await child.#child.start();
    return child;
  }

  private constructor(options: ControlChildOptions, port: number) {
    const { directory, node, realm, upstreamUrl, fleetKeyFile, onEvent } = options;
    this.logFile = join(directory, "control.log");
    this.#child = new SupervisedChild({
      name: "the control plane",
      command: [
        ...node,
        "control",
        "--supervised",
        ...flags({
          state: directory,
          port: String(port),
          realm,
          upstream: upstreamUrl,
          "fleet-key-file": fleetKeyFile,
          "redis-prefix": options.redisPrefix,
          ...demoTerms,
        }),
      ],
      env: controlEnvironment(options.redisUrl),
      logFile: this.logFile,
      onMessage: (message) => {
        if (message.t === "listening") this.#url = message.url;
      },
      onForced: () => onEvent("the control plane did not end in time and was killed"),
      onRestart: (ending, pid) =>
        onEvent(`the control plane ended (${ending}) and was started again (pid ${pid})`),
    });
  }

  get url(): string {
    return this.#url;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get restarts(): number {
    return this.#child.restarts;
  }

  /** Kills it as a crash would; resolves when its successor listens. */
  async kill(): Promise<Killed> {
    const { pid } = this;
    const startedMs = performance.now();
    await this.#child.kill();
    await this.#child.listening();
    return { pid, successor: this.pid, tookMs: performance.now() - startedMs };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#child[Symbol.asyncDispose]();
  }
}

function flags(values: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
}

/** The address of Redis can hold a password: it travels in the environment, not on the command line. */
function controlEnvironment(redisUrl: string | null): NodeJS.ProcessEnv {
  const { REDIS_URL: _, ...env } = process.env;
  return redisUrl === null ? env : { ...env, REDIS_URL: redisUrl };
}
