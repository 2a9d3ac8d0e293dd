import type { FetchCounters } from "../fetch-counters.js";

/** Counters by what they were told, as `loaded ok` or `answered memory fresh`. */
export class Counting implements FetchCounters {
  readonly #counts = new Map<string, number>();

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  loaded(_key: string, result: string): void {
    this.#count(`loaded ${result}`);
  }

  refreshed(_key: string, reason: string): void {
    this.#count(`refreshed ${reason}`);
  }

  answered(_key: string, source: string, age: string): void {
    this.#count(`answered ${source} ${age}`);
  }

  saved(): void {
    this.#count("saved");
  }

  limited(): void {
    this.#count("limited");
  }

  #count(what: string): void {
    this.#counts.set(what, this.of(what) + 1);
  }
}
