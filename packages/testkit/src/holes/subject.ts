import type { ShiftedClock } from "./shifted-clock.js";

/** Where and with what a cache of a hole is opened. */
export interface HolePlace {
  readonly directory: string;
  /** Undefined: the cache is to work without Redis. */
  readonly redisUrl?: string;
  /** @default "test:" */
  readonly prefix?: string;
  /** @default the machine's */
  readonly clock?: ShiftedClock;
  /** How often it sweeps what expired, where that can be set. */
  readonly sweepEveryMs?: number;
}

/** A cache under examination, whichever it is. */
export interface HoleCache {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlSeconds: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  delMatching(glob: string): Promise<number>;
  /** As a caller resolves a question: the cached answer, else the loader's, which is then cached. */
  resolve(key: string, loader: () => Promise<unknown>, ttlSeconds: number): Promise<unknown>;
  /** Removes what expired, now. */
  sweep(): Promise<void>;
  /** Whether it believes that Redis can be used. */
  usesRedis(): boolean;
  /** Whether Redis is in use and holds everything that this cache has to say. */
  isSettled(): boolean;
  /** How many time series its metrics have. */
  series(): number;
  /** How many rows it found that cannot be decoded, as its metrics tell. */
  undecodable(): number;
  stop(): Promise<void>;
}

/** A cache's maker, and what only its author knows of its files. */
export interface HoleSubject {
  readonly name: "article" | "holdfast";
  /** Resolves once it is started. */
  open(place: HolePlace): Promise<HoleCache>;
  /** Makes it and calls `start`, without waiting for it. */
  begin(place: HolePlace): { readonly cache: HoleCache; readonly started: Promise<void> };
  /** The SQLite files in its directory that hold values. */
  dataFiles(directory: string): readonly string[];
  /** How many values lie in those files, expired ones too. */
  rows(directory: string): number;
  /** Fills in many values before it is opened or as fast as it can. */
  fill(cache: HoleCache, keys: readonly string[], ttlSeconds: number): Promise<void>;
  /** Spoils the stored value of a key in a file that nobody has open. */
  spoilRow(directory: string, key: string): void;
}
