import { createConnection, type Socket } from "node:net";
import { DelayLine } from "./delay-line.js";
import type { Direction, Verdict } from "./fault.js";

/** What a link asks of the proxy it belongs to. */
export interface LinkRules {
  readonly targetPort: number;
  /** False: the client is held without a connection to the server. */
  readonly connects: boolean;
  delayMs(): number;
  /** False: the client does not learn that the server hung up. */
  tellsEnds(): boolean;
  onPiece(link: ProxiedLink, direction: Direction, piece: Buffer): Verdict;
  onReset(link: ProxiedLink): void;
  onEnd(link: ProxiedLink): void;
}

/** One client's connection and its counterpart to the server. */
export class ProxiedLink {
  /** True once bytes disappeared: what follows on it would be out of step. */
  damaged = false;
  /** True once it carried a request that the present fault is about. */
  armed = false;
  readonly #client: Socket;
  readonly #server: Socket | undefined;
  readonly #rules: LinkRules;
  readonly #lines = { up: new DelayLine(), down: new DelayLine() };
  #ended = false;

  constructor(client: Socket, rules: LinkRules) {
    this.#client = client;
    this.#rules = rules;
    client.setNoDelay(true);
    if (!rules.connects) this.damaged = true;
    else {
      this.#server = createConnection({ port: rules.targetPort, host: "127.0.0.1", noDelay: true });
      this.#carry(this.#server, client, "down");
    }
    this.#carry(client, this.#server, "up");
  }

  /** Lets no more bytes in, without losing any. */
  hold(): void {
    this.#client.pause();
    this.#server?.pause();
  }

  release(): void {
    this.#client.resume();
    this.#server?.resume();
  }

  reset(): void {
    if (this.#ended) return;
    this.#rules.onReset(this);
    this.#end("reset");
  }

  #carry(from: Socket, to: Socket | undefined, direction: Direction): void {
    const line = this.#lines[direction];
    from.on("data", (piece: Buffer) => {
      const verdict = this.#rules.onPiece(this, direction, piece);
      if (verdict === "pass") line.add(this.#rules.delayMs(), () => to?.write(piece));
      else this.damaged = true;
      if (verdict === "swallow-and-reset") this.reset();
    });
    let failed = false;
    from.on("error", () => {
      failed = true;
    });
    from.on("close", () => {
      if (direction === "down" && !this.#rules.tellsEnds()) {
        this.damaged = true;
        return;
      }
      if (failed) this.#end("reset");
      else line.add(this.#rules.delayMs(), () => this.#end("close"));
    });
  }

  #end(how: "close" | "reset"): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#lines.up.clear();
    this.#lines.down.clear();
    for (const socket of [this.#client, this.#server]) {
      if (how === "close") socket?.destroySoon();
      // Reset between its end and the moment that goes out, a socket never closes in Node, and the
      // process that holds it cannot exit.
      else if (socket?.writableEnded && !socket.writableFinished) socket.destroy();
      else socket?.resetAndDestroy();
    }
    this.#rules.onEnd(this);
  }
}
