import { LRUCache } from "lru-cache";
import type { Found } from "../fetch/tiers.js";

/** What memory holds of a key. */
export interface MemoryEntry extends Found {
  /** Whether `value` is frozen through and through and may be shared. */
  readonly frozen: boolean;
  readonly tags: readonly string[];
  /** Count of barriers up to which the entry is known to be untouched by them; its owner raises it. */
  checked: number;
}

/** An unbounded memory is not to be had: one of the two bounds is given. */
export type MemoryBound = { readonly maxBytes: number } | { readonly maxEntries: number };

/** What an entry costs beside its value: its key, its fields, its place in the table. Measured. */
const overheadBytes = 350;
/** A decoded value against its text. Measured: 1 for ASCII text, 2 for many small objects, 3 for fractions. */
const decodedFactor = 2;

/** Decoded answers, the least recently used let go of first. */
export class MemoryLayer {
  readonly #entries: LRUCache<string, MemoryEntry>;
  readonly #sized: boolean;
  /** One for all: making another for each entry would cost. */
  readonly #setting = { size: 1 };

  constructor(bound: MemoryBound) {
    this.#sized = "maxBytes" in bound;
    this.#entries = new LRUCache(
      "maxBytes" in bound ? { maxSize: bound.maxBytes } : { max: bound.maxEntries },
    );
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Estimated; 0 where entries are counted only. */
  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  get(key: string): MemoryEntry | undefined {
    return this.#entries.get(key);
  }

  /** `length` is that of the encoded value. What is larger than the whole bound is not kept. */
  set(key: string, entry: MemoryEntry, length: number): void {
    if (!this.#sized) {
      this.#entries.set(key, entry);
      return;
    }
    this.#setting.size = overheadBytes + key.length + decodedFactor * length;
    this.#entries.set(key, entry, this.#setting);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
