import { createConnection, type Socket } from "node:net";
import { eventually } from "../../wait/eventually.js";

/** A client of lines of text that remembers what it heard and how its link ended. */
export class TestClient {
  readonly lines: string[] = [];
  readonly #socket: Socket;
  #rest = "";
  #end: string | undefined;

  constructor(port: number) {
    this.#socket = createConnection({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => {
      const parts = (this.#rest + chunk.toString()).split("\n");
      this.#rest = parts.pop() ?? "";
      this.lines.push(...parts);
    });
    this.#socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#end ??= error.code ?? error.message;
    });
    this.#socket.on("close", () => {
      this.#end ??= "closed";
    });
  }

  send(line: string): void {
    this.#socket.write(`${line}\n`);
  }

  async connected(): Promise<void> {
    await eventually(() => !this.#socket.connecting);
  }

  async heard(line: string): Promise<void> {
    await eventually(() => this.lines.includes(line));
  }

  /** The error code, or "closed". */
  async ended(): Promise<string> {
    await eventually(() => this.#end !== undefined);
    return this.#end ?? "";
  }

  close(): void {
    this.#socket.destroy();
  }
}
