import type { BentoStore } from "bentocache";
import { Redis } from "ioredis";

type Bus = Parameters<BentoStore["useBus"]>[0];

/**
 * BentoCache's bus over this bench's Redis client, with the commands of its own transport: every
 * change is published, and every instance drops what it hears of, its own messages aside.
 */
export function bentoBus(url: string): Bus {
  return { options: {}, factory: () => new BentoBus(url) };
}

type Transport = ReturnType<Bus["factory"]>;

class BentoBus implements Transport {
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  #id = "";

  constructor(url: string) {
    this.#publisher = new Redis(url);
    this.#subscriber = new Redis(url);
  }

  setId(id: string): this {
    this.#id = id;
    return this;
  }

  onReconnect(callback: () => void): void {
    this.#subscriber.on("reconnecting", callback);
  }

  async publish(channel: string, message: unknown): Promise<void> {
    await this.#publisher.publish(channel, JSON.stringify({ busId: this.#id, payload: message }));
  }

  async subscribe(channel: string, handler: (payload: never) => void): Promise<void> {
    this.#subscriber.on("message", (from, text) => {
      if (from !== channel) return;
      const { busId, payload }: { busId: string; payload: never } = JSON.parse(text);
      if (busId !== this.#id) handler(payload);
    });
    await this.#subscriber.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#subscriber.unsubscribe(channel);
  }

  async disconnect(): Promise<void> {
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }
}
