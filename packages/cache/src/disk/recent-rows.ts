import type { RowRecord } from "./records.js";

/** Characters of values after which what was looked at longest ago is let go of. */
const mostLength = 8_000_000;
/** What a row takes beside its value. */
const overhead = 500;

/**
 * Rows that were looked at or put a short while ago, as they stand: on its way to the log a write
 * looks at its row several times. In two halves, of which the older one is let go of as a whole.
 */
export class RecentRows {
  #young = new Map<string, RowRecord | null>();
  #old = new Map<string, RowRecord | null>();
  #length = 0;

  /** Null: there is no row. Undefined: not known here. */
  get(key: string): RowRecord | null | undefined {
    const young = this.#young.get(key);
    return young === undefined ? this.#old.get(key) : young;
  }

  keep(key: string, row: RowRecord | null): void {
    this.#length += overhead + (row?.row.set?.value.length ?? 0);
    if (this.#length > mostLength) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#length = 0;
    }
    this.#young.set(key, row);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#length = 0;
  }
}
