import type { Disk } from "../disk/disk.js";
import type { Place } from "../disk/records.js";

/** An own set that the log does not hold yet. */
export interface PendingSet {
  readonly value: string;
  readonly stamp: number;
  readonly operation: string;
  readonly tags: readonly string[];
  /** Steady time. */
  readonly storedAtMs: number;
  readonly goneAtMs: number;
}

/** What is to be published of one key: a removal, a set, or a removal and the set after it. */
export interface PendingKey {
  readonly t: "key";
  readonly number: number;
  readonly key: string;
  /** Operation of the removal; null where there is none. */
  readonly removal: string | null;
  readonly set: PendingSet | null;
  readonly madeAtMs: number;
}

/** A removal by glob, tag or namespace that is to be published. */
export interface PendingBarrier {
  readonly t: "barrier";
  readonly number: number;
  readonly member: string;
  readonly removal: string;
  readonly madeAtMs: number;
}

export type PendingItem = PendingKey | PendingBarrier;

/** How an operation ended: in the log at a place, or overtaken by somebody's removal or newer set. */
export type Outcome =
  | { readonly t: "published"; readonly member: string; readonly place: Place }
  | { readonly t: "overtaken" };

/** Who waits for the end of an operation, and for which part of it. */
interface Waiter {
  readonly part: "set" | "removal";
  readonly tell: (outcome: Outcome) => void;
}

/**
 * Own operations that the log does not hold yet, in the order they were made, at most one a key.
 * Each is on the disk before it is published and until it is known to be.
 */
export class Pending {
  readonly #disk: Disk;
  readonly #items = new Map<number, PendingItem>();
  readonly #byKey = new Map<string, PendingKey>();
  readonly #byBarrier = new Map<string, PendingBarrier>();
  readonly #waiters = new Map<number, Waiter[]>();
  readonly #uncommitted = new Set<number>();
  /** What replaces something in a transaction that has not ended: the number of that. */
  readonly #replacing = new Map<number, number>();
  /** By what they are about, the earliest first; in any order after a restoration. */
  #owedSince = new Map<string, number>();
  #restored = false;

  /** False: an operation is settled before anything could be written of it, so nothing is. */
  readonly #kept: boolean;

  constructor(disk: Disk, kept: boolean) {
    this.#disk = disk;
    this.#kept = kept;
  }

  get size(): number {
    return this.#items.size;
  }

  key(key: string): PendingKey | undefined {
    return this.#byKey.get(key);
  }

  barrier(member: string): PendingBarrier | undefined {
    return this.#byBarrier.get(member);
  }

  get barriers(): Iterable<PendingBarrier> {
    return this.#byBarrier.values();
  }

  get hasBarriers(): boolean {
    return this.#byBarrier.size > 0;
  }

  get keys(): Iterable<PendingKey> {
    return this.#byKey.values();
  }

  /** Since when something has been owed to the log, in steady time; null where nothing is. */
  get oldestMs(): number | null {
    if (this.#restored) {
      const earliestFirst = [...this.#owedSince].toSorted(([, one], [, other]) => one - other);
      this.#owedSince = new Map(earliestFirst);
      this.#restored = false;
    }
    for (const sinceMs of this.#owedSince.values()) return sinceMs;
    return null;
  }

  /** Takes back what an earlier run left on the disk. */
  restore(item: PendingItem): void {
    this.#index(item);
    this.#restored = true;
  }

  /** Puts a new operation; the one it replaces is over, and who waited for that waits for this. */
  put(item: PendingItem): void {
    const replaced =
      item.t === "key" ? this.#byKey.get(item.key) : this.#byBarrier.get(item.member);
    if (replaced !== undefined) {
      this.#remove(replaced);
      this.#replacing.set(item.number, replaced.number);
      const waiting = this.#waiters.get(replaced.number);
      this.#waiters.delete(replaced.number);
      if (waiting !== undefined) this.#waiters.set(item.number, waiting);
    }
    this.#uncommitted.add(item.number);
    this.#write(item);
  }

  /** As `put` of the same operation after a part of it changed, was published or overtaken. */
  reduce(item: PendingItem): void {
    this.#write(item);
  }

  /** As `reduce`, and whoever waits for the set of the operation learns that it was overtaken. */
  overtake(item: PendingKey): void {
    this.#write(item);
    const waiting = this.#waiters.get(item.number) ?? [];
    const others = waiting.filter(({ part }) => part !== "set");
    if (others.length > 0) this.#waiters.set(item.number, others);
    else this.#waiters.delete(item.number);
    for (const { part, tell } of waiting) if (part === "set") tell({ t: "overtaken" });
  }

  /** The operation's transaction has ended: it may be published. */
  committed(number: number): void {
    this.#uncommitted.delete(number);
    this.#replacing.delete(number);
  }

  /** The oldest operations that may be published, in order. Nothing overtakes one whose transaction is running. */
  publishable(limit: number): PendingItem[] {
    const items: PendingItem[] = [];
    let beyondBarrier = false;
    const last = this.#lastInOrder();
    for (const item of this.#items.values()) {
      // Should the transaction never end, the disk still has what it replaces: that goes before this.
      if (item.number > last) break; // rule: replaced-in-order
      if (items.length >= limit || this.#uncommitted.has(item.number)) break;
      // A set must know the place of a barrier made before it, which that has only once it is published.
      if (beyondBarrier && item.t === "key" && item.set !== null) break; // rule: barrier-before-set
      beyondBarrier ||= item.t === "barrier";
      items.push(item);
    }
    return items;
  }

  /** Puts everything that waits, for a disk that holds nothing. */
  putAgain(): void {
    for (const item of this.#items.values()) this.#write(item);
  }

  /** Ends an operation. */
  settle(item: PendingItem, outcome: Outcome): void {
    if (this.#items.get(item.number) === undefined) return;
    this.#remove(item);
    this.#replacing.delete(item.number);
    this.#owedSince.delete(memberOf(item));
    this.#tell(item.number, outcome);
  }

  /** Calls back once the operation, or the one that replaces it, has ended. */
  whenSettled(item: PendingItem, tell: (outcome: Outcome) => void): void {
    const part = item.t === "key" && item.set !== null ? "set" : "removal";
    const waiting = this.#waiters.get(item.number);
    if (waiting === undefined) this.#waiters.set(item.number, [{ part, tell }]);
    else waiting.push({ part, tell });
  }

  /** Operations up to that number which the log is known to hold already. */
  upTo(number: number): PendingItem[] {
    return [...this.#items.values()].filter((item) => item.number <= number);
  }

  /** Up to which number operations may be published while some are being replaced. */
  #lastInOrder(): number {
    let last = Number.POSITIVE_INFINITY;
    for (const from of this.#replacing.values()) last = Math.min(last, from);
    return last;
  }

  #tell(number: number, outcome: Outcome): void {
    const waiting = this.#waiters.get(number);
    this.#waiters.delete(number);
    for (const { tell } of waiting ?? []) tell(outcome);
  }

  #write(item: PendingItem): void {
    this.#index(item);
    if (this.#kept) this.#disk.putPending(item.number, JSON.stringify(item));
  }

  #index(item: PendingItem): void {
    this.#items.set(item.number, item);
    this.#owedSince.set(memberOf(item), item.madeAtMs);
    if (item.t === "key") this.#byKey.set(item.key, item);
    else this.#byBarrier.set(item.member, item);
  }

  #remove(item: PendingItem): void {
    this.#items.delete(item.number);
    this.#uncommitted.delete(item.number);
    if (this.#kept) this.#disk.putPending(item.number, null);
    if (item.t === "key") this.#byKey.delete(item.key);
    else this.#byBarrier.delete(item.member);
  }
}

/** The log's name for what the item is about. */
export function memberOf(item: PendingItem): string {
  return item.t === "key" ? `k:${item.key}` : item.member;
}

/** A pending item as the disk holds it; null for text that is none. */
export function parsePending(body: string): PendingItem | null {
  const item: PendingItem = JSON.parse(body);
  return item.t === "key" || item.t === "barrier" ? item : null;
}
