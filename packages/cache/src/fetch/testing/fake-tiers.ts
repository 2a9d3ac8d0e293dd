import type { Flight, Found, LoadedAnswer, Tiers } from "../tiers.js";

interface FakeFlight extends Flight {
  outdated: boolean;
}

/** Layers as `fetch` sees them, in two maps; a removal takes from both and outdates the loads under way. */
export class FakeTiers implements Tiers {
  readonly local: Map<string, Found> = new Map();
  readonly shared: Map<string, Found> = new Map();
  readonly flights: Set<FakeFlight> = new Set();
  readonly kept: LoadedAnswer[] = [];
  isVerified = true;
  isServable = true;
  /** Thrown by the next `keep`. */
  refusal: Error | null = null;
  sharedReads = 0;
  /** Answers `readShared` instead of the map. */
  sharedReply: ((key: string) => Promise<Found | undefined>) | null = null;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  nowMs(): number {
    return this.#now();
  }

  readLocal(key: string): Found | undefined {
    const found = this.local.get(key);
    if (found === undefined || found.goneAtMs > this.#now()) return found;
    this.local.delete(key);
    return undefined;
  }

  async readShared(key: string): Promise<Found | undefined> {
    this.sharedReads += 1;
    const found = await (this.sharedReply?.(key) ?? this.shared.get(key));
    if (found !== undefined) this.local.set(key, { ...found, layer: "memory" });
    return found;
  }

  beginFlight(key: string): Flight {
    const flight: FakeFlight = { key, outdated: false };
    this.flights.add(flight);
    return flight;
  }

  endFlight(flight: Flight): void {
    for (const own of this.flights) if (own === flight) this.flights.delete(own);
  }

  keep(flight: Flight, answer: LoadedAnswer): Found {
    const { refusal } = this;
    this.refusal = null;
    if (refusal !== null) throw refusal;
    const kind = answer.value === null ? "negative" : "copy";
    const found = this.found(answer.value, { kind, ttlMs: answer.ttlMs, graceMs: answer.graceMs });
    if (flight.outdated) return found;
    this.kept.push(answer);
    this.local.set(flight.key, found);
    return found;
  }

  verified(): boolean {
    return this.isVerified;
  }

  servable(): boolean {
    return this.isServable;
  }

  remove(key: string): void {
    this.local.delete(key);
    this.shared.delete(key);
    this.#outdate(key);
  }

  write(key: string, value: unknown, ttlMs: number): void {
    this.local.set(key, this.found(value, { kind: "write", ttlMs, graceMs: 0 }));
    this.#outdate(key);
  }

  /** An entry that was stored `ageMs` ago. */
  found(value: unknown, how: FoundTerms = {}): Found {
    const { kind = "copy", layer = "memory", ageMs = 0, ttlMs = 60_000, graceMs = 600_000 } = how;
    const storedAtMs = this.#now() - ageMs;
    const freshUntilMs = storedAtMs + ttlMs;
    const goneAtMs = freshUntilMs + graceMs;
    const inherited = how.inherited ?? false;
    return { value, kind, layer, storedAtMs, freshUntilMs, goneAtMs, inherited };
  }

  #outdate(key: string): void {
    for (const flight of this.flights) if (flight.key === key) flight.outdated = true;
  }
}

export interface FoundTerms {
  readonly kind?: Found["kind"];
  readonly layer?: Found["layer"];
  readonly ageMs?: number;
  readonly ttlMs?: number;
  readonly graceMs?: number;
  readonly inherited?: boolean;
}
