/** Where an answer was found. */
export type Layer = "memory" | "sqlite" | "redis";

/** A layer, or the loader itself. */
export type Source = Layer | "upstream";

/** By TTL: `fresh` until it ends, `stale` within the grace after it. What is past both is gone and never answered. */
export type Age = "fresh" | "stale";

/** `verified`: nothing newer can have been missed (guarantee R2). A fact apart from age. */
export type Currency = "verified" | "unverified";

/** How far a write has come when its promise resolves; each level includes the ones before it. */
export type Acknowledge = "memory" | "durable" | "shared" | "all";

/** Two-tier cache: Redis hot and shared, SQLite durable and authoritative. */
export interface Cache extends AsyncDisposable {
  /** Opens the disk and begins to connect; never waits for Redis. */
  start(): Promise<void>;
  /** Publishes what it can within a second, commits the rest, and lets go of everything. */
  stop(): Promise<void>;
  /** The live value of the key from whichever layer has it, else null. Values are deep-frozen. */
  get<T = unknown>(key: string): Promise<T | null>;
  /** The live values of those keys that have one. At most 1,000 keys. */
  getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>>;
  /** Writes a value for `ttlSeconds` (> 0, fractions allowed). `null` is an error: it is a loader's word. */
  set(key: string, value: unknown, ttlSeconds: number, options?: SetOptions): Promise<Receipt>;
  /** Removes the key everywhere. */
  delete(key: string, options?: RemoveOptions): Promise<Receipt>;
  /** Removes every matching key everywhere; answers how many this instance held. */
  delMatching(glob: string, options?: RemoveOptions): Promise<number>;
  /** Removes by key, glob, tag or namespace, and answers with a receipt. */
  invalidate(target: RemovalTarget, options?: RemoveOptions): Promise<RemovalReceipt>;
  /** The cached answer, or the loader's, loaded once however many ask. */
  fetch<T>(key: string, loader: Loader<T>, policy?: FetchPolicy): Promise<Answer<T>>;
  /** What is held of the key, without loading, counting or refreshing anything. */
  peek(key: string): Promise<Peek | null>;
  status(): CacheStatus;
  /** Counters and gauges as plain data; adapters for Prometheus and OpenTelemetry read this. */
  metrics(): readonly MetricSample[];
}

export interface SetOptions {
  /** @default "durable" */
  readonly acknowledge?: Acknowledge;
  /** At most 16, each like a key. */
  readonly tags?: readonly string[];
  /** True: a copy of somebody else's answer (cheap, not logged, acknowledged from memory). @default false */
  readonly copy?: boolean;
}

export interface RemoveOptions {
  /** @default "durable" */
  readonly acknowledge?: Acknowledge;
}

export type RemovalTarget =
  | { readonly key: string }
  | { readonly glob: string }
  | { readonly tag: string }
  | { readonly namespace: string };

/** What became of a write by the time its promise resolved. */
export interface Receipt {
  /** `<member>:<number>`, the same in every log, audit and retry. */
  readonly operation: string;
  /** The level that was reached; lower than asked where `durable` or `shared` could not be had in time. */
  readonly acknowledged: Acknowledge;
  /** Why less was reached than asked. */
  readonly shortfall?: { readonly code: string; readonly message: string };
  /** Replicas that hold it, where it was published and the server has replicas. */
  readonly replicas?: number;
  /** Where `all` was asked: ids of the members that have applied it. */
  readonly confirmed?: readonly string[];
  /** Members whose lease ran out: by their own clock they are unverified. */
  readonly expired?: readonly string[];
  /** Members that neither applied it nor expired. Never success. */
  readonly unconfirmed?: readonly string[];
}

export interface RemovalReceipt extends Receipt {
  /** Local entries that matched. */
  readonly matched: number;
}

/** Asks the source. Null: it definitely has none (a negative answer). Throws: no answer. */
export type Loader<T> = (load: Load) => Promise<T | null>;

export interface Load {
  readonly key: string;
  /** Aborted at the hard deadline, when the cache stops, and when nobody waits any more for a load that a removal outdated. */
  readonly signal: AbortSignal;
  /** Says how this answer is to be kept; each field overrides the policy's. */
  keep(terms: LoadTerms): void;
}

export interface LoadTerms {
  readonly ttlMs?: number;
  readonly graceMs?: number;
  readonly tags?: readonly string[];
  /** False: hand the answer to those who wait and keep no copy. */
  readonly store?: boolean;
}

export interface FetchPolicy {
  /** How long an answer is fresh. @default 60_000 */
  readonly ttlMs?: number;
  /** Part of the TTL by which it is shortened at random, 0 to 0.5. @default 0.1 */
  readonly jitter?: number;
  /** Part of the TTL after which a read refreshes in the background, 0.1 to 1; 1: never ahead. @default 0.75 */
  readonly refreshAhead?: number;
  /** How long past its TTL an answer may be served when the source gives none. @default 86_400_000 (24 h) */
  readonly graceMs?: number;
  /** How long a negative answer holds; 0: not kept. @default 10_000 */
  readonly negativeTtlMs?: number;
  /** How long a caller waits for a refresh while a stale answer is at hand; 0: not at all. @default 200 */
  readonly softDeadlineMs?: number;
  /** How long a load may take. @default 5_000 */
  readonly hardDeadlineMs?: number;
  /** After a failed load, how long a stale answer is served without asking again (± 50 %). @default 5_000 */
  readonly retryAfterMs?: number;
  /** How often an unverified fresh copy is asked for again (± 50 %). @default 60_000 */
  readonly recheckMs?: number;
  readonly tags?: readonly string[];
}

export interface Answer<T> {
  /** Null: the source definitely has none. */
  readonly value: T | null;
  readonly source: Source;
  readonly age: Age;
  /** Since the source gave it. */
  readonly ageMs: number;
  readonly currency: Currency;
  /** Why the source was asked in vain, where a stale answer stands in for it. */
  readonly failure?: unknown;
}

export interface Peek {
  readonly value: unknown;
  readonly kind: "copy" | "write" | "negative";
  readonly layer: Layer;
  readonly age: Age;
  readonly ageMs: number;
  readonly freshForMs: number;
  readonly goneInMs: number;
  readonly currency: Currency;
  readonly tags: readonly string[];
  /** Its place in the log; null for a copy and for what is not published yet. */
  readonly position: { readonly generation: string; readonly seq: number } | null;
}

export interface CacheStatus {
  readonly currency: Currency;
  /** Why answers are unverified; null while they are verified. */
  readonly unverifiedBecause: string | null;
  /** Wall-clock ms since which `currency` holds. */
  readonly currencySinceMs: number;
  readonly redis: DependencyStatus;
  readonly disk: DependencyStatus;
  readonly generation: { readonly ordinal: number; readonly id: string } | null;
  readonly cursor: number;
  readonly unpublished: number;
  readonly members: readonly {
    readonly id: string;
    readonly state: "current" | "catching-up" | "expired";
    readonly self: boolean;
  }[];
  readonly barriers: number;
  readonly memory: { readonly entries: number; readonly bytes: number; readonly maxBytes: number };
  readonly slot: number | null;
}

export interface DependencyStatus {
  readonly state: "up" | "down" | "not-configured";
  /** Wall-clock ms since which the state holds. */
  readonly sinceMs: number;
  /** What is wrong, in a sentence; null where nothing is. */
  readonly reason: string | null;
}

export interface MetricSample {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
