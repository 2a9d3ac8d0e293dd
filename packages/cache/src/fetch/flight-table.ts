import type { RunningLoad } from "./load.js";

/** The loads under way, one per key: whoever asks for a key that is being loaded joins. */
export class FlightTable {
  readonly #max: number;
  readonly #byKey = new Map<string, RunningLoad>();

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#byKey.size;
  }

  get full(): boolean {
    return this.#byKey.size >= this.#max;
  }

  get(key: string): RunningLoad | undefined {
    return this.#byKey.get(key);
  }

  /** The load is entered before it begins: its loader may ask for the same key. */
  begin(load: RunningLoad): void {
    this.#byKey.set(load.key, load);
    try {
      load.begin();
    } catch (error) {
      this.end(load);
      throw error;
    }
  }

  end(load: RunningLoad): void {
    if (this.#byKey.get(load.key) === load) this.#byKey.delete(load.key);
  }

  all(): readonly RunningLoad[] {
    return [...this.#byKey.values()];
  }
}
