import type { Layer } from "./cache-contract.js";
import type { Disk } from "./disk/disk.js";
import type { Place } from "./disk/records.js";
import type { Flight, Found, LoadedAnswer, Tiers } from "./fetch/tiers.js";
import { type Held, heldOf, heldWrite } from "./held.js";
import { decodeCopy, encodeCopy, type SharedCopy } from "./log/copy-wire.js";
import type { SharedStore } from "./log/shared-store.js";
import type { MemoryEntry, MemoryLayer } from "./memory/memory-layer.js";
import type { Counters } from "./metrics/counters.js";
import { acceptsCopy } from "./replica/acceptance.js";
import type { TrackedFlight } from "./replica/flights.js";
import type { Knowledge } from "./replica/knowledge.js";
import { handOut } from "./rules/freeze.js";
import { decodeText, encodeText } from "./rules/value.js";

/** Where the log stands, as far as copies in the shared store depend on it. */
interface LogPosition {
  readonly generation: string | null;
  readonly cursor: number;
  /** Server time minus steady time. */
  readonly offsetMs: number;
}

export interface LayersOptions {
  readonly disk: Disk;
  readonly knowledge: Knowledge;
  readonly store: SharedStore | null;
  readonly memory: MemoryLayer;
  readonly negatives: MemoryLayer;
  readonly counters: Counters;
  readonly nowMs: () => number;
  readonly startMs: number;
  readonly position: () => LogPosition;
  readonly verified: () => boolean;
  readonly servable: (key: string) => boolean;
  /** Whether the key's namespace wants values of its own instead of frozen ones that are shared. */
  readonly copyOnRead: (key: string) => boolean;
  /** A copy was put that the disk does not hold yet. */
  readonly dirtied: () => void;
}

/** Memory over SQLite over Redis, with removals kept in sight of each. */
export class Layers implements Tiers {
  readonly #options: LayersOptions;

  constructor(options: LayersOptions) {
    this.#options = options;
  }

  nowMs(): number {
    return this.#options.nowMs();
  }

  verified(): boolean {
    return this.#options.verified();
  }

  servable(key: string): boolean {
    return this.#options.servable(key);
  }

  readLocal(key: string): Found | undefined {
    const { memory, negatives } = this.#options;
    const nowMs = this.#options.nowMs();
    const entry = this.#live(memory, key, nowMs);
    if (entry !== undefined) return this.#handOut(key, entry);
    return this.#readDisk(key, nowMs) ?? this.#live(negatives, key, nowMs);
  }

  /** As {@link Layers.readLocal}, but of what the durable layer holds only writes. */
  readQuick(key: string): Found | undefined {
    const nowMs = this.#options.nowMs();
    const live = this.#live(this.#options.memory, key, nowMs);
    if (live !== undefined) return this.#handOut(key, live);
    return this.held(key)?.kind === "write" ? this.#readDisk(key, nowMs) : undefined;
  }

  /** As {@link Layers.readLocal}, but what is found on the disk is not taken into memory. */
  peekLocal(key: string): Found | undefined {
    const { memory, negatives } = this.#options;
    const nowMs = this.#options.nowMs();
    const live = this.#live(memory, key, nowMs);
    if (live !== undefined) return this.#handOut(key, live);
    const held = this.held(key);
    const entry = held === null ? null : this.#entry(key, held, "sqlite");
    return entry === null ? this.#live(negatives, key, nowMs) : this.#handOut(key, entry);
  }

  /** What the durable layer holds, memory aside. */
  held(key: string): Held | null {
    const { disk, knowledge, counters } = this.#options;
    return heldOf(disk, knowledge, key, this.#options.nowMs(), () => counters.undecodable(key));
  }

  /** Where the log holds the write that the key answers with; null for a copy, and for what is not published. */
  placeOf(key: string, held: Held | null): Place | null {
    const { disk, knowledge } = this.#options;
    if (held?.kind !== "write" || knowledge.pending.key(key) !== undefined) return null;
    return disk.row(key)?.place ?? null;
  }

  async readShared(key: string): Promise<Found | undefined> {
    const { store, position, counters } = this.#options;
    const { generation } = position();
    if (store === null || generation === null || !store.usable) return undefined;
    try {
      const bytes = await store.readCopy(generation, key);
      if (bytes === undefined) return undefined;
      return this.#accept(key, generation, bytes);
    } catch {
      counters.redisError("read");
      return undefined;
    }
  }

  beginFlight(key: string): Flight {
    const { generation, cursor } = this.#options.position();
    return this.#options.knowledge.flights.begin(key, generation, cursor);
  }

  endFlight(flight: Flight): void {
    this.#options.knowledge.flights.end(flight);
  }

  keep(flight: Flight, answer: LoadedAnswer): Found {
    const nowMs = this.#options.nowMs();
    const freshUntilMs = nowMs + answer.ttlMs;
    if (answer.value === null) return this.#keepNegative(flight, nowMs, freshUntilMs);
    const value = encodeText(answer.value);
    const copy = {
      value,
      storedAtMs: nowMs,
      freshUntilMs,
      goneAtMs: freshUntilMs + answer.graceMs,
      tags: answer.tags,
    };
    const found = this.#entry(flight.key, { kind: "copy", ...copy }, "memory");
    if (flight.outdated || found === null) return found ?? this.#unkept(answer.value, copy);
    if (this.#putCopy(flight.key, copy, found)) this.#share(flight, copy);
    return this.#handOut(flight.key, found);
  }

  /** Keeps a copy that no loader brought, unless a live write stands there; `value` is encoded. */
  keepCopy(key: string, value: string, ttlMs: number, tags: readonly string[]): void {
    const nowMs = this.#options.nowMs();
    const copy = {
      value,
      storedAtMs: nowMs,
      freshUntilMs: nowMs + ttlMs,
      goneAtMs: nowMs + ttlMs,
      tags,
    };
    const entry = this.#entry(key, { kind: "copy", ...copy }, "memory");
    if (entry === null) return;
    const flight = this.beginFlight(key);
    this.endFlight(flight);
    if (this.#putCopy(key, copy, entry)) this.#share(flight, copy);
  }

  /** Drops what memory holds of the key. */
  forget(key: string): void {
    this.#options.memory.delete(key);
    this.#options.negatives.delete(key);
  }

  #live(layer: MemoryLayer, key: string, nowMs: number): MemoryEntry | undefined {
    const entry = layer.get(key);
    if (entry === undefined) return undefined;
    const { barriers } = this.#options.knowledge;
    if (entry.checked !== barriers.epoch) {
      if (barriers.matchedSince(entry.checked, key, entry.tags)) {
        layer.delete(key); // rule: barrier-over-memory
        return undefined; // rule: barrier-over-memory
      }
      entry.checked = barriers.epoch;
    }
    if (entry.goneAtMs > nowMs) return entry;
    layer.delete(key);
    return undefined;
  }

  #readDisk(key: string, nowMs: number): Found | undefined {
    const { disk, knowledge, counters, memory } = this.#options;
    const held = heldOf(disk, knowledge, key, nowMs, () => counters.undecodable(key));
    if (held === null) return undefined;
    const entry = this.#entry(key, held, "memory");
    if (entry === null) return undefined;
    memory.set(key, entry, held.value.length);
    return this.#handOut(key, { ...entry, layer: "sqlite" });
  }

  /** The entry itself where it may be shared, else one with a value of the caller's own. */
  #handOut(key: string, entry: MemoryEntry): Found {
    const copyOnRead = this.#options.copyOnRead(key);
    return entry.frozen && !copyOnRead
      ? entry
      : { ...entry, value: handOut(entry.value, entry.frozen, copyOnRead) };
  }

  #entry(key: string, held: Held, layer: Layer): MemoryEntry | null {
    const decoded = decodeText(held.value);
    if (decoded.t === "undecodable") {
      this.#options.counters.undecodable(key);
      return null;
    }
    const { kind, storedAtMs, freshUntilMs, goneAtMs, tags } = held;
    const inherited = storedAtMs < this.#options.startMs;
    const checked = this.#options.knowledge.barriers.epoch;
    return {
      value: decoded.value,
      frozen: decoded.frozen,
      kind,
      layer,
      storedAtMs,
      freshUntilMs,
      goneAtMs,
      inherited,
      tags,
      checked,
    };
  }

  #keepNegative(flight: Flight, nowMs: number, freshUntilMs: number): Found {
    const { negatives, knowledge } = this.#options;
    const entry: MemoryEntry = {
      value: null,
      frozen: true,
      kind: "negative",
      layer: "memory",
      storedAtMs: nowMs,
      freshUntilMs,
      goneAtMs: freshUntilMs,
      inherited: false,
      tags: [],
      checked: knowledge.barriers.epoch,
    };
    if (!flight.outdated && freshUntilMs > nowMs) negatives.set(flight.key, entry, 0);
    return entry;
  }

  #unkept(value: unknown, copy: Omit<SharedCopy, "asOf" | "value">): Found {
    return { value, kind: "copy", layer: "memory", inherited: false, ...copy };
  }

  /** Puts a copy unless a live write stands there: nobody else's answer hides that. */
  #putCopy(key: string, copy: Omit<SharedCopy, "asOf">, entry: MemoryEntry): boolean {
    const { disk, knowledge, memory, negatives, dirtied, nowMs } = this.#options;
    if (heldWrite(disk, knowledge, key, nowMs()) !== null) return false; // rule: write-over-copy
    disk.putCopy(key, { ...copy, version: knowledge.nextVersion() });
    negatives.delete(key);
    memory.set(key, entry, copy.value.length);
    dirtied();
    return true;
  }

  /** Only what was just loaded is put into the shared store, and only into the generation it was loaded in. */
  #share(flight: Flight, copy: Omit<SharedCopy, "asOf">): void {
    const { store, position, counters, nowMs } = this.#options;
    const { generation, offsetMs } = position();
    if (
      store === null ||
      !store.usable ||
      !isTracked(flight) ||
      flight.generation === null ||
      flight.generation !== generation
    )
      return;
    const shared: SharedCopy = {
      ...copy,
      asOf: flight.asOf,
      storedAtMs: copy.storedAtMs + offsetMs,
      freshUntilMs: copy.freshUntilMs + offsetMs,
      goneAtMs: copy.goneAtMs + offsetMs,
    };
    const ttlMs = Math.ceil(copy.goneAtMs - nowMs());
    store
      .writeCopy(generation, flight.key, encodeCopy(shared), Math.max(1, ttlMs))
      .catch(() => counters.redisError("write"));
  }

  #accept(key: string, generation: string, bytes: Uint8Array): Found | undefined {
    const { knowledge, disk, position, counters, nowMs } = this.#options;
    const now = position();
    const copy = decodeCopy(bytes);
    if (copy === null) {
      counters.undecodable(key);
      return undefined;
    }
    // Asked again as the answer lands: a removal may have been applied while it was on its way.
    if (now.generation !== generation || !acceptsCopy(knowledge, disk, generation, key, copy)) {
      counters.rejectedCopy(key);
      return undefined;
    }
    const local = {
      ...copy,
      storedAtMs: copy.storedAtMs - now.offsetMs,
      freshUntilMs: copy.freshUntilMs - now.offsetMs,
      goneAtMs: copy.goneAtMs - now.offsetMs,
    };
    if (local.goneAtMs <= nowMs()) return undefined;
    const known = this.#readDisk(key, nowMs());
    if (known !== undefined && (known.kind === "write" || known.storedAtMs >= local.storedAtMs))
      return known;
    const entry = this.#entry(key, { kind: "copy", ...local }, "memory");
    if (entry === null) return undefined;
    this.#putCopy(key, local, entry);
    return this.#handOut(key, { ...entry, layer: "redis" });
  }
}

function isTracked(flight: Flight): flight is TrackedFlight {
  return "asOf" in flight;
}
