import { createConnection, type Socket } from "node:net";
import { TestkitError } from "../testkit-error.js";

/** What a Redis server answers, decoded. An error inside an array stays there as a value. */
export type RespReply = string | number | null | TestkitError | readonly RespReply[];

/** One connection to a Redis server: commands in, replies in order. */
export class RespConnection {
  readonly #socket: Socket;
  readonly #waiting: { resolve(reply: RespReply): void; reject(error: Error): void }[] = [];
  #bytes: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.#socket = createConnection({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () =>
      this.#fail(new TestkitError("closed", "Cannot read: link closed")),
    );
  }

  /** @throws TestkitError `replied` where the server answers with an error. */
  command(args: readonly string[]): Promise<RespReply> {
    const parts = args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`);
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new TestkitError("closed", `Cannot send ${args[0]}: link closed`));
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`*${args.length}\r\n${parts.join("")}`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    for (let read = decode(this.#bytes, 0); read !== undefined; read = decode(this.#bytes, 0)) {
      this.#bytes = this.#bytes.subarray(read.end);
      const caller = this.#waiting.shift();
      if (read.reply instanceof TestkitError) caller?.reject(read.reply);
      else caller?.resolve(read.reply);
    }
  }

  #fail(error: Error): void {
    for (const caller of this.#waiting.splice(0)) caller.reject(error);
  }
}

interface Decoded {
  readonly reply: RespReply;
  readonly end: number;
}

/** The reply that starts at `start`; undefined while bytes of it are missing. */
function decode(bytes: Buffer, start: number): Decoded | undefined {
  const lineEnd = bytes.indexOf("\r\n", start);
  if (lineEnd < 0) return undefined;
  const line = bytes.toString("utf8", start + 1, lineEnd);
  const next = lineEnd + 2;
  switch (bytes.toString("latin1", start, start + 1)) {
    case "+":
      return { reply: line, end: next };
    case "-":
      return { reply: new TestkitError("replied", line), end: next };
    case ":":
      return { reply: Number(line), end: next };
    case "$":
      return decodeBulk(bytes, next, Number(line));
    case "*":
      return decodeArray(bytes, next, Number(line));
    default:
      throw new TestkitError("failed", `Cannot decode a reply: it starts with "${line}"`);
  }
}

function decodeBulk(bytes: Buffer, start: number, length: number): Decoded | undefined {
  if (length < 0) return { reply: null, end: start };
  if (bytes.length < start + length + 2) return undefined;
  return { reply: bytes.toString("utf8", start, start + length), end: start + length + 2 };
}

function decodeArray(bytes: Buffer, start: number, length: number): Decoded | undefined {
  if (length < 0) return { reply: null, end: start };
  const items: RespReply[] = [];
  let end = start;
  for (let index = 0; index < length; index += 1) {
    const item = decode(bytes, end);
    if (item === undefined) return undefined;
    items.push(item.reply);
    end = item.end;
  }
  return { reply: items, end };
}
