import type { Command } from "@holdfast/sqlite";

/**
 * What the file does not hold yet, by key: the latest state of each, null for none. A read asks
 * here before it asks the file. States are whole, so that one that failed to be written is simply
 * written again later, in any order.
 */
export class DirtyTable<K, V> {
  readonly #commands: (key: K, value: V | null) => Command;
  #waiting = new Map<K, V | null>();
  #writing = new Map<K, V | null>();

  constructor(commands: (key: K, value: V | null) => Command) {
    this.#commands = commands;
  }

  get size(): number {
    return this.#waiting.size + this.#writing.size;
  }

  put(key: K, value: V | null): void {
    this.#waiting.set(key, value);
  }

  /** The state to come; undefined: the file's own is the latest. */
  get(key: K): V | null | undefined {
    const waiting = this.#waiting.get(key);
    return waiting === undefined ? this.#writing.get(key) : waiting;
  }

  /** Keys whose latest state is not in the file. */
  *entries(): Iterable<[K, V | null]> {
    for (const [key, value] of this.#writing) if (!this.#waiting.has(key)) yield [key, value];
    yield* this.#waiting;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** Takes what waits into a unit, at most `most` of it, and all that is to be dropped. Every `take` is followed by `written` or `failed`. */
  take(unit: Command[], most: number): void {
    if (this.#waiting.size <= most) {
      const taken = this.#waiting;
      this.#waiting = this.#writing;
      this.#writing = taken;
    } else {
      for (const [key, value] of this.#waiting) {
        // What is dropped goes with the unit that says why, or it would be there again after a crash.
        if (value !== null && this.#writing.size >= most) continue;
        this.#waiting.delete(key);
        this.#writing.set(key, value);
      }
    }
    for (const [key, value] of this.#writing) unit.push(this.#commands(key, value));
  }

  written(): void {
    this.#writing.clear();
  }

  failed(): void {
    for (const [key, value] of this.#writing)
      if (!this.#waiting.has(key)) this.#waiting.set(key, value);
    this.#writing.clear();
  }

  clear(): void {
    this.#waiting.clear();
    this.#writing.clear();
  }
}
