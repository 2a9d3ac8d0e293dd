import type { WriteState } from "./durable.js";
import type { SqliteError } from "./sqlite-error.js";

const writable: WriteState = { t: "writable" };

/** Holds whether a file takes writes, and tells those who asked of every change. */
export class WriteStateHolder {
  #state: WriteState = writable;
  readonly #listeners = new Set<(state: WriteState) => void>();

  get state(): WriteState {
    return this.#state;
  }

  /** A commit succeeded. Damage stays: only a new opening can tell what is left of the file. */
  succeeded(): void {
    if (this.#state.t === "writable" || this.#state.error.code === "damaged") return;
    this.#enter(writable);
  }

  /** The file refused a commit. The first refusal of a row gives its time; a new reason, its own error. */
  refused(error: SqliteError, nowMs: number): void {
    if (this.#state.t === "refusing") {
      if (this.#state.error.code === error.code || this.#state.error.code === "damaged") return;
      this.#enter({ t: "refusing", error, sinceMs: this.#state.sinceMs });
      return;
    }
    this.#enter({ t: "refusing", error, sinceMs: nowMs });
  }

  /** Calls back on every change until the returned function is called. */
  listen(listener: (state: WriteState) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #enter(state: WriteState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
