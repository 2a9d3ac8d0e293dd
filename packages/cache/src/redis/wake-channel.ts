import type { Clock } from "../clock.js";
import type { Redis } from "./redis-client.js";
import type { RedisConnection } from "./redis-connection.js";

export interface WakeChannelOptions {
  readonly connection: RedisConnection;
  readonly clock: Clock;
  readonly channel: string;
  /** A message arrived; null: some may have been missed. */
  readonly onWake: (writer: string | null) => void;
}

const checkEveryMs = 1_000;
const act = "listen to the wake-ups";

/**
 * The subscription to the wake-ups. Its link carries nothing for long whiles, so it is asked from
 * time to time: one that died unnoticed would cost every removal the length of a poll.
 */
export class WakeChannel implements Disposable {
  readonly #options: WakeChannelOptions;
  #cancelCheck: (() => void) | undefined;
  #isClosed = false;

  constructor(options: WakeChannelOptions) {
    this.#options = options;
    options.connection.onUp(() => void this.#subscribe());
  }

  /** Takes the messages of a client that is about to connect. */
  listenTo(client: Redis): void {
    client.on("message", (channel: string, writer: string) => {
      if (channel === this.#options.channel) this.#options.onWake(writer);
    });
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#cancelCheck?.();
  }

  async #subscribe(): Promise<void> {
    const { connection, channel, onWake } = this.#options;
    if (!(await succeeds(connection.call(act, (client) => client.subscribe(channel))))) {
      this.#again(() => this.#subscribe());
      return;
    }
    onWake(null);
    this.#again(() => this.#check());
  }

  async #check(): Promise<void> {
    const { connection } = this.#options;
    const isHeard = await succeeds(connection.call(act, (client) => client.ping()));
    // Where it is not heard the connection comes up again, and that subscribes.
    if (isHeard) this.#again(() => this.#check());
  }

  #again(work: () => Promise<void>): void {
    this.#cancelCheck?.();
    if (this.#isClosed) return;
    this.#cancelCheck = this.#options.clock.after(checkEveryMs, () => void work());
  }
}

function succeeds(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}
