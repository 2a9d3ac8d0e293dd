import type { Age, Layer, Source } from "../cache-contract.js";
import type { LoadResult, RefreshReason } from "../fetch/fetch-counters.js";
import { kindOf, otherKind } from "../rules/key.js";

/** Kinds that are counted apart though nobody declared them. */
const maxFoundKinds = 32;
/** A longer one is no kind but a key without structure. */
const maxKindLength = 64;

/** A power of two. */
const recentSlots = 64;

/** What is counted of one kind of keys. */
export interface KindCounters {
  readonly kind: string;
  /** What the keys of the kind begin with. */
  readonly start: string;
  readonly hits: Record<Layer, number>;
  readonly loads: Record<LoadResult, number>;
  readonly refreshes: Record<RefreshReason, number>;
  readonly answers: Record<Age, Record<Source, number>>;
  misses: number;
  sets: number;
  saved: number;
  limited: number;
  rejected: number;
}

/**
 * The counters of each kind. Keys come from callers, so their kinds are a matter of trust: declared
 * ones and the first few others are counted apart, the rest together.
 */
export class KindTable {
  readonly #kinds = new Map<string, KindCounters>();
  readonly #other: KindCounters = zeroed(otherKind, "");
  readonly #most: number;
  /** By the first characters of a key: kinds are known again without cutting the key. */
  readonly #recent: (KindCounters | undefined)[] = Array.from({ length: recentSlots });

  constructor(declared: readonly string[]) {
    for (const kind of declared) this.#kinds.set(kind, zeroed(kind, `${kind}:`));
    this.#kinds.set(otherKind, this.#other);
    this.#most = this.#kinds.size + maxFoundKinds;
  }

  ofKey(key: string): KindCounters {
    const slot = slotOf(key);
    const recent = this.#recent[slot];
    if (recent !== undefined && key.startsWith(recent.start)) return recent;
    const counters = this.ofKind(kindOf(key));
    if (counters !== this.#other) this.#recent[slot] = counters;
    return counters;
  }

  ofKind(kind: string): KindCounters {
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    if (this.#kinds.size >= this.#most || kind.length > maxKindLength) return this.#other;
    const found = zeroed(kind, `${kind}:`);
    this.#kinds.set(kind, found);
    return found;
  }

  all(): Iterable<KindCounters> {
    return this.#kinds.values();
  }
}

/** NaN, for a character that is not there, counts as 0 here. */
function slotOf(key: string): number {
  const sum = key.charCodeAt(0) + 3 * key.charCodeAt(1) + 7 * key.charCodeAt(2);
  return sum & (recentSlots - 1);
}

function zeroed(kind: string, start: string): KindCounters {
  return {
    kind,
    start,
    hits: { memory: 0, sqlite: 0, redis: 0 },
    loads: { ok: 0, negative: 0, failed: 0, deadline: 0, outdated: 0 },
    refreshes: { ahead: 0, stale: 0, recheck: 0 },
    answers: {
      fresh: { memory: 0, sqlite: 0, redis: 0, upstream: 0 },
      stale: { memory: 0, sqlite: 0, redis: 0, upstream: 0 },
    },
    misses: 0,
    sets: 0,
    saved: 0,
    limited: 0,
    rejected: 0,
  };
}
