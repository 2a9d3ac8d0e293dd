import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { sampleVerdict } from "./sample-users.js";
import type { LinkMode } from "./up-state.js";

/** How long a slow upstream takes: far beyond what a login waits while a copy is at hand. */
const slowMs = 3_000;
const maxBodyBytes = 65_536;

/**
 * An upstream to break: `slow` answers late, `fail` answers 500, `down` does not listen at all.
 * Speaks the question contract of the decisions room.
 */
export class SampleUpstream implements AsyncDisposable {
  readonly #port: number;
  readonly #onAsked: (asked: number) => void;
  #server: Server | null = null;
  #mode: LinkMode = "down";
  #asked = 0;

  constructor(port: number, onAsked: (asked: number) => void) {
    this.#port = port;
    this.#onAsked = onAsked;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/decide`;
  }

  async be(mode: LinkMode): Promise<void> {
    this.#mode = mode;
    if (mode === "down") return this.#close();
    if (this.#server === null) await this.#listen();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }

  #listen(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
  }

  #close(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    return new Promise((resolve) => {
      if (server === null) return resolve();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request).catch(() => null);
    if (body === null) return void response.destroy();
    this.#onAsked(++this.#asked);
    const verdict = sampleVerdict(body);
    if (this.#mode === "fail") return reply(response, 500, { error: "told to fail" });
    if (verdict === null) return reply(response, 400, { error: "not a question" });
    if (this.#mode !== "slow") return reply(response, 200, verdict);
    const timer = setTimeout(() => reply(response, 200, verdict), slowMs);
    response.once("close", () => clearTimeout(timer));
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) throw new RangeError(`Cannot read the body: ${bytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
