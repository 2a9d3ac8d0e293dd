import { createServer, type Server, type Socket } from "node:net";
import { eventually } from "../wait/eventually.js";
import { listenOnFreePort, tryListen } from "../wait/free-port.js";
import { type Direction, type Fault, judge, type Verdict } from "./fault.js";
import { ProxiedLink } from "./proxied-link.js";

export interface FaultProxyOptions {
  /** Loopback port of the server behind it. It need not listen yet. */
  readonly targetPort: number;
}

export interface DropRepliesOptions {
  /** Only the replies to a request that holds this text, such as a command's name. @default all */
  readonly matching?: string;
  /** How many links are reset before all is well again. @default no end until `heal` */
  readonly times?: number;
}

/** What passed since the start. */
export interface FaultCounters {
  readonly connections: number;
  readonly resets: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly swallowedUp: number;
  readonly swallowedDown: number;
}

type Counters = { -readonly [Name in keyof FaultCounters]: FaultCounters[Name] };

/** Starts a TCP proxy on a free loopback port that passes everything on until a fault is asked for. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new FaultProxy(options.targetPort);
  await proxy.listen();
  return proxy;
}

/** The link between a client and a server, with its faults. One fault at a time; `heal` ends it. */
export class FaultProxy implements AsyncDisposable {
  #targetPort: number;
  readonly #links = new Set<ProxiedLink>();
  readonly #counters: Counters = {
    connections: 0,
    resets: 0,
    bytesUp: 0,
    bytesDown: 0,
    swallowedUp: 0,
    swallowedDown: 0,
  };
  #server: Server | undefined;
  #port = 0;
  #fault: Fault = { t: "none" };
  #delayMs = 0;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  get port(): number {
    return this.#port;
  }

  /** As the URL of a Redis server. */
  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  get counters(): FaultCounters {
    return { ...this.#counters };
  }

  /** Connections that are open now. */
  get openLinks(): number {
    return this.#links.size;
  }

  async listen(): Promise<void> {
    const server = this.#newServer();
    this.#port = await listenOnFreePort(server);
    this.#server = server;
  }

  /** From now on leads to another server, as an address does after a failover; connections are reset. */
  redirect(target: { readonly port: number }): void {
    this.#targetPort = target.port;
    for (const link of this.#links) link.reset();
  }

  /** Resets every connection and refuses new ones. */
  async cut(): Promise<void> {
    this.#fault = { t: "cut" };
    await this.#close();
  }

  /** Ends the fault and the delay. Connections that lost bytes are reset; the others go on. */
  async heal(): Promise<void> {
    this.#fault = { t: "none" };
    this.#delayMs = 0;
    for (const link of this.#links) {
      link.armed = false;
      if (link.damaged) link.reset();
      else link.release();
    }
    if (this.#server !== undefined) return;
    await eventually(async () => {
      const server = this.#newServer();
      if (!(await tryListen(server, this.#port))) return false;
      this.#server = server;
      return true;
    });
  }

  /** Holds connections open, old and new, and swallows what is sent over them, both ways. */
  halfOpen(): void {
    this.#fault = { t: "half-open" };
  }

  /** Keeps what is sent, both ways, and delivers it in order on `heal`. */
  hold(): void {
    this.#fault = { t: "held" };
    for (const link of this.#links) link.hold();
  }

  /** Delivers everything so much later, each way. 0 ends it. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Lets requests reach the server, swallows the reply, then resets the connection. */
  dropReplies(options: DropRepliesOptions = {}): void {
    const { matching, times = Number.POSITIVE_INFINITY } = options;
    this.#fault = { t: "replies-dropped", matching, left: times };
    for (const link of this.#links) link.armed = matching === undefined;
  }

  /** Swallows what clients send; what the server says by itself still arrives. */
  dropRequests(): void {
    this.#fault = { t: "requests-dropped" };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }

  #newServer(): Server {
    return createServer((client) => this.#accept(client));
  }

  #accept(client: Socket): void {
    this.#counters.connections += 1;
    const link = new ProxiedLink(client, {
      targetPort: this.#targetPort,
      connects: this.#fault.t !== "half-open",
      delayMs: () => this.#delayMs,
      onPiece: (...piece) => this.#judge(...piece),
      tellsEnds: () => this.#fault.t !== "half-open",
      onReset: () => {
        this.#counters.resets += 1;
      },
      onEnd: (ended) => this.#links.delete(ended),
    });
    this.#links.add(link);
    if (this.#fault.t === "held") link.hold();
    if (this.#fault.t === "cut") link.reset();
  }

  #judge(link: ProxiedLink, direction: Direction, piece: Buffer): Verdict {
    const fault = this.#fault;
    if (fault.t === "replies-dropped" && direction === "up") {
      link.armed ||= fault.matching === undefined || piece.includes(fault.matching);
    }
    const verdict = judge(fault, direction, link.armed);
    const passes = verdict === "pass";
    if (direction === "up") this.#counters[passes ? "bytesUp" : "swallowedUp"] += piece.length;
    else this.#counters[passes ? "bytesDown" : "swallowedDown"] += piece.length;
    if (fault.t === "replies-dropped" && verdict === "swallow-and-reset") {
      const left = fault.left - 1;
      this.#fault = left > 0 ? { ...fault, left } : { t: "none" };
    }
    return verdict;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
    for (const link of this.#links) link.reset();
    await closed;
  }
}
