import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  Answer,
  Cache,
  CacheStatus,
  FetchPolicy,
  Layer,
  Loader,
  LoadTerms,
  Peek,
  Receipt,
} from "@holdfast/cache";
import { CacheError } from "@holdfast/cache";

interface Entry {
  readonly value: unknown;
  readonly kind: "copy" | "write";
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
  readonly goneAtMs: number;
  layer: Layer;
}

/** Keeps entries in a map under a clock that the test moves: enough of a cache to test rules upon. */
export class InterimCache implements Cache {
  get nowMs() {
    return Date.now();
  }
  readonly #file: string;
  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#file = join(directory, "interim.json");
  }
  #save() {
    writeFileSync(this.#file, JSON.stringify([...this.entries]));
  }
  readonly entries = new Map<string, Entry>();
  readonly #flights = new Map<string, Promise<Entry>>();
  #operations = 0;

  /** As after a restart: what was in memory is on disk only. */
  restart(): void {
    for (const entry of this.entries.values()) entry.layer = "sqlite";
  }

  async start(): Promise<void> {
    try {
      for (const [k, e] of JSON.parse(readFileSync(this.#file, "utf8")))
        this.entries.set(k, { ...e, layer: "sqlite" });
    } catch {}
  }
  async stop(): Promise<void> {}
  async [Symbol.asyncDispose](): Promise<void> {}

  #live(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    return entry !== undefined && entry.goneAtMs > this.nowMs ? entry : undefined;
  }

  async get<T = unknown>(key: string): Promise<T | null> {
    return (this.#live(key)?.value ?? null) as T | null;
  }

  async getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    for (const key of keys) {
      const entry = this.#live(key);
      if (entry !== undefined) found.set(key, entry.value as T);
    }
    return found;
  }

  async set(key: string, value: unknown, ttlSeconds: number): Promise<Receipt> {
    const goneAtMs = this.nowMs + ttlSeconds * 1000;
    this.entries.set(key, {
      value,
      kind: "write",
      storedAtMs: this.nowMs,
      freshUntilMs: goneAtMs,
      goneAtMs,
      layer: "memory",
    });
    this.#save();
    return this.#receipt();
  }

  async delete(key: string): Promise<Receipt> {
    this.entries.delete(key);
    this.#save();
    return this.#receipt();
  }

  async delMatching(): Promise<number> {
    return 0;
  }

  async invalidate() {
    return { ...this.#receipt(), matched: 0 };
  }

  async fetch<T>(key: string, loader: Loader<T>, policy: FetchPolicy = {}): Promise<Answer<T>> {
    const held = this.#live(key);
    if (held !== undefined && held.freshUntilMs > this.nowMs) {
      const a = this.#answer<T>(held, "fresh");
      held.layer = "memory";
      return a;
    }
    try {
      return this.#answer<T>(await this.#load(key, loader, policy), "fresh", "upstream");
    } catch (failure) {
      if (held === undefined) {
        throw new CacheError("unavailable", "Cannot answer: no copy", { cause: failure });
      }
      return { ...this.#answer<T>(held, "stale"), failure };
    }
  }

  #load<T>(key: string, loader: Loader<T>, policy: FetchPolicy): Promise<Entry> {
    const flying = this.#flights.get(key);
    if (flying !== undefined) return flying;
    let terms: LoadTerms = {};
    const keep = (given: LoadTerms) => {
      terms = given;
    };
    const load = async (): Promise<Entry> => {
      const value = await loader({ key, signal: new AbortController().signal, keep });
      const freshUntilMs = this.nowMs + (terms.ttlMs ?? policy.ttlMs ?? 60_000);
      const entry: Entry = {
        value,
        kind: "copy",
        storedAtMs: this.nowMs,
        freshUntilMs,
        goneAtMs: freshUntilMs + (terms.graceMs ?? policy.graceMs ?? 86_400_000),
        layer: "memory",
      };
      if (terms.store !== false && value !== null) {
        this.entries.set(key, entry);
        this.#save();
      }
      return entry;
    };
    const flight = load().finally(() => this.#flights.delete(key));
    this.#flights.set(key, flight);
    return flight;
  }

  #answer<T>(entry: Entry, age: "fresh" | "stale", source?: "upstream"): Answer<T> {
    return {
      value: entry.value as T | null,
      source: source ?? entry.layer,
      age,
      ageMs: this.nowMs - entry.storedAtMs,
      currency: "verified",
    };
  }

  async peek(key: string): Promise<Peek | null> {
    const entry = this.#live(key);
    if (entry === undefined) return null;
    return {
      value: entry.value,
      kind: entry.kind,
      layer: entry.layer,
      age: entry.freshUntilMs > this.nowMs ? "fresh" : "stale",
      ageMs: this.nowMs - entry.storedAtMs,
      freshForMs: entry.freshUntilMs - this.nowMs,
      goneInMs: entry.goneAtMs - this.nowMs,
      currency: "verified",
      tags: [],
      position: null,
    };
  }

  status(): CacheStatus {
    const up = { state: "up", sinceMs: 0, reason: null } as const;
    return {
      currency: "verified",
      unverifiedBecause: null,
      currencySinceMs: 0,
      redis: { state: "not-configured", sinceMs: 0, reason: null },
      disk: up,
      generation: null,
      cursor: 0,
      unpublished: 0,
      members: [],
      barriers: 0,
      memory: { entries: this.entries.size, bytes: 0, maxBytes: 1 },
      slot: 0,
    };
  }

  metrics() {
    return [];
  }

  #receipt(): Receipt {
    return { operation: `fake:${++this.#operations}`, acknowledged: "durable" };
  }
}
