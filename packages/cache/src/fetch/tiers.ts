import type { Layer } from "../cache-contract.js";

/** What the layers hold of a key: not gone, not removed. Times are on the cache's steady clock. */
export interface Found {
  /** Decoded and deep-frozen; null for a negative answer. */
  readonly value: unknown;
  readonly kind: "copy" | "write" | "negative";
  readonly layer: Layer;
  /** When the source gave it. */
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
  readonly goneAtMs: number;
  /** True while the entry was loaded by an earlier run of the program (warm start). */
  readonly inherited: boolean;
}

/** A load under way, known to the layers so that a removal can outdate it. */
export interface Flight {
  readonly key: string;
  /** True once a removal that matches the key, or a newer write of it, has been applied. */
  readonly outdated: boolean;
}

/** An answer to keep as a copy. */
export interface LoadedAnswer {
  /** Null: a negative answer, kept in the negatives' own store. */
  readonly value: unknown;
  readonly ttlMs: number;
  readonly graceMs: number;
  readonly tags: readonly string[];
}

/** What `fetch` needs of the layers. */
export interface Tiers {
  /** Steady time in ms: as the wall clock at start, then monotonic. */
  nowMs(): number;
  /** Memory, then SQLite, then negatives; never waits. */
  readLocal(key: string): Found | undefined;
  /** Redis, if usable and not known slow; resolves to undefined on any failure. The copy is kept locally before it is returned. */
  readShared(key: string): Promise<Found | undefined>;
  /** Registers a load before its loader is called. Every flight ends with `endFlight`. */
  beginFlight(key: string): Flight;
  endFlight(flight: Flight): void;
  /** Keeps the answer in every tier unless the flight is outdated; returns what is now held. */
  keep(flight: Flight, answer: LoadedAnswer): Found;
  /** Whether answers are verified now (R2). */
  verified(): boolean;
  /** Whether the key's namespace lets its copies be served now (R4 `whenUnverified`). */
  servable(key: string): boolean;
}
