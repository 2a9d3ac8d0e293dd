import type { RedisConnection } from "./redis-connection.js";

const act = "ask the replicas";

/**
 * Asks how many replicas hold what a connection has published. WAIT holds up everything that the
 * connection is asked after it, so that one runs at a time: whoever asks meanwhile has published
 * since it began, and shares the next one.
 */
export class ReplicaWait {
  readonly #connection: RedisConnection;
  readonly #longestMs: number;
  #running: Promise<number> | undefined;
  #next: Promise<number> | undefined;

  /** No wait takes longer than `longestMs`, which is well below what the other calls are given. */
  constructor(connection: RedisConnection, longestMs: number) {
    this.#connection = connection;
    this.#longestMs = longestMs;
  }

  ask(timeoutMs: number): Promise<number> {
    if (this.#next !== undefined) return this.#next;
    if (this.#running === undefined) return this.#start(timeoutMs);
    this.#next = this.#running
      .catch(() => 0)
      .then(() => {
        this.#next = undefined;
        return this.#start(timeoutMs);
      });
    return this.#next;
  }

  #start(timeoutMs: number): Promise<number> {
    const running = this.#wait(timeoutMs).finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #wait(timeoutMs: number): Promise<number> {
    const info = await this.#connection.call(act, (client) => client.info("replication"));
    if (/^connected_slaves:0\r?$/m.test(info)) return 0;
    const waitMs = Math.max(1, Math.min(Math.floor(timeoutMs), this.#longestMs));
    return this.#connection.call(act, (client) => client.wait(1, waitMs));
  }
}
