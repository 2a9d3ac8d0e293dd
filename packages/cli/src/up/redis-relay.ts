import { connect, createServer, type Server, type Socket } from "node:net";
import { CliError } from "../cli-error.js";
import type { LinkMode } from "./up-state.js";

const slowMs = 500;

/**
 * A TCP relay in front of somebody's Redis, so that a drill cuts the link and never touches the
 * server. `down` does not listen, `fail` hangs up at once, `slow` delays every chunk.
 */
export class RedisRelay implements AsyncDisposable {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #url: URL;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;
  #port = 0;
  #mode: LinkMode = "down";

  constructor(redisUrl: string) {
    this.#url = plainRedisUrl(redisUrl);
    const host = this.#url.hostname.replace(/^\[|\]$/g, "");
    this.#target = { host, port: Number(this.#url.port === "" ? 6379 : this.#url.port) };
  }

  /** The same Redis, through the relay. */
  get url(): string {
    const url = new URL(this.#url);
    url.hostname = "127.0.0.1";
    url.port = String(this.#port);
    return url.href;
  }

  get mode(): LinkMode {
    return this.#mode;
  }

  async be(mode: LinkMode): Promise<void> {
    this.#mode = mode;
    if (mode === "down" || mode === "fail") this.#hangUp();
    if (mode === "down") await this.#close();
    else if (this.#server === null) await this.#listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#hangUp();
    await this.#close();
  }

  #listen(): Promise<void> {
    const server = createServer((socket) => this.#relay(socket));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", () => {
        const address = server.address();
        if (typeof address === "object" && address !== null) this.#port = address.port;
        resolve();
      });
    });
  }

  #close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    return new Promise((resolve) => {
      if (server === null) resolve();
      else server.close(() => resolve());
    });
  }

  #hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #relay(near: Socket): void {
    if (this.#mode === "fail") {
      near.destroy();
      return;
    }
    const far = connect(this.#target);
    this.#join(near, far);
    this.#join(far, near);
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on("data", (chunk) => {
      if (this.#mode !== "slow") to.write(chunk);
      else setTimeout(() => to.destroyed || to.write(chunk), slowMs).unref();
    });
    from.on("error", () => undefined);
    from.once("close", () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}

function plainRedisUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "redis:") return url;
  throw new CliError(
    "usage",
    `Cannot relay to REDIS_URL: it is not a plain redis:// address, and the relay of "holdfast up" does not speak TLS; unset REDIS_URL, or use "holdfast control"`,
  );
}
