import type { Flight, Found, LoadedAnswer, Tiers } from "./fetch/tiers.js";
import type { Layers } from "./layers.js";

/** The article's order: Redis is asked for a copy before SQLite. Memory and writes come first all the same. */
export class RedisFirst implements Tiers {
  readonly #layers: Layers;

  constructor(layers: Layers) {
    this.#layers = layers;
  }

  nowMs(): number {
    return this.#layers.nowMs();
  }

  readLocal(key: string): Found | undefined {
    return this.#layers.readQuick(key);
  }

  async readShared(key: string): Promise<Found | undefined> {
    return (await this.#layers.readShared(key)) ?? this.#layers.readLocal(key);
  }

  beginFlight(key: string): Flight {
    return this.#layers.beginFlight(key);
  }

  endFlight(flight: Flight): void {
    this.#layers.endFlight(flight);
  }

  keep(flight: Flight, answer: LoadedAnswer): Found {
    return this.#layers.keep(flight, answer);
  }

  verified(): boolean {
    return this.#layers.verified();
  }

  servable(key: string): boolean {
    return this.#layers.servable(key);
  }
}
