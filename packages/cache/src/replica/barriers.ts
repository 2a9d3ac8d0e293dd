import type { BarrierRecord } from "../disk/barrier-columns.js";
import type { Disk } from "../disk/disk.js";
import { type CopyRecord, nowhere, type Place } from "../disk/records.js";
import { knowsOf, neverRemoved, type Removed } from "../log/removed.js";
import { emptied, isEmptied, type RowSet } from "../log/row.js";
import { compileGlob } from "../rules/glob.js";
import { BarrierIndex } from "./barrier-index.js";

/** Barriers in force that memory is checked against one by one. */
const maxRecent = 1_024;
/** Barriers of one beginning that are kept apart; beyond it the older half becomes one. */
const maxBeside = 256;
/** Barriers that are kept at all. */
const maxBarriers = 20_000;

/** A removal by glob, tag or namespace, as the cache knows it. */
export interface Barrier {
  /** `g:<glob>`, `t:<tag>` or `n:<namespace>`. */
  readonly member: string;
  /** Where a matching key must begin; empty: anywhere. */
  readonly prefix: string;
  readonly matches: (key: string, tags: readonly string[]) => boolean;
  /** Where it is published; empty while it is only an own pending one. */
  readonly removed: Removed;
  /** Copies of a smaller version are removed. */
  readonly version: number;
  /** Whether the disk holds nothing any more that it removes. */
  readonly swept: boolean;
  readonly place: Place;
  /** Steady time after which it may be forgotten. */
  readonly keepUntilMs: number;
}

/** Whether a removal at the barrier takes the set. */
function strikes(barrier: Barrier, key: string, set: RowSet): boolean {
  return !knowsOf(set.knew, barrier.removed) && barrier.matches(key, set.tags);
}

/** What barriers leave of a set. By its key, everything from before goes with it; by a tag, this set alone. */
export function leftBy(barriers: readonly Barrier[], key: string, set: RowSet): RowSet | null {
  const striking = barriers.filter((barrier) => strikes(barrier, key, set));
  if (striking.some((barrier) => !barrier.member.startsWith("t:"))) return null;
  if (striking.length === 0 || isEmptied(set)) return set;
  return emptied(set); // rule: emptied-by-tag
}

/** Builds what a member name stands for. */
function barrierMatcher(member: string): Pick<Barrier, "prefix" | "matches"> {
  const subject = member.slice(2);
  if (member.startsWith("t:")) return { prefix: "", matches: (_, tags) => tags.includes(subject) };
  if (member.startsWith("n:"))
    return { prefix: `${subject}:`, matches: (key) => key.startsWith(`${subject}:`) };
  const glob = compileGlob(subject);
  return { prefix: glob.prefix, matches: (key) => glob.matches(key) };
}

/** Every barrier that is remembered, with what the disk holds of it. */
export class Barriers {
  readonly #disk: Disk;
  readonly #all = new Map<string, Barrier>();
  #generations: ReadonlySet<string> | null = null;
  readonly #index = new BarrierIndex();
  #unswept: readonly Barrier[] = [];
  /** Raised with every barrier that comes into force; what was checked at the present count needs no check. */
  epoch = 0;
  /** What came into force, in order; only the latest, so that what was checked before them counts as taken. */
  #recent: { readonly epoch: number; readonly member: string }[] = [];

  constructor(disk: Disk) {
    this.#disk = disk;
    for (const [member, record] of disk.allBarriers()) this.#keep(parseBarrier(member, record));
  }

  get size(): number {
    return this.#all.size;
  }

  get all(): Iterable<Barrier> {
    return this.#all.values();
  }

  get unswept(): readonly Barrier[] {
    return this.#unswept;
  }

  /** Every generation that a barrier was published in. */
  get generations(): ReadonlySet<string> {
    this.#generations ??= new Set(
      [...this.#all.values()].flatMap((barrier) => Object.keys(barrier.removed)),
    );
    return this.#generations;
  }

  get(member: string): Barrier | undefined {
    return this.#all.get(member);
  }

  /** Those that take an entry of that key and those tags. */
  matching(key: string, tags: readonly string[]): readonly Barrier[] {
    return this.#index.matching(key, tags);
  }

  put(barrier: Barrier): void {
    this.#keep(barrier);
    this.#disk.putBarrier(barrier.member, recordOf(barrier));
  }

  /** Puts all of them, for a disk that holds nothing. */
  putAgain(): void {
    for (const barrier of this.#all.values())
      this.#disk.putBarrier(barrier.member, recordOf(barrier));
  }

  drop(member: string): void {
    const barrier = this.#all.get(member);
    if (barrier === undefined) return;
    this.#all.delete(member);
    this.#index.delete(barrier);
    this.#generations = null;
    this.#unswept = this.#unswept.filter((other) => other.member !== member);
    this.#disk.putBarrier(member, null);
  }

  /** The older half of those that share the beginning, or of all, where they have become too many. */
  crowd(prefix: string): readonly Barrier[] {
    const beside = this.#index.beside(prefix);
    const crowd =
      this.#all.size > maxBarriers ? this.#all.values() : beside.size > maxBeside ? beside : [];
    const settled = [...crowd].filter(
      (barrier) => barrier.swept && !barrier.member.startsWith("t:"),
    );
    return settled
      .toSorted((left, right) => left.version - right.version)
      .slice(0, Math.ceil(settled.length / 2));
  }

  /** From now on the barrier takes whatever memory holds from before. */
  inForce(member: string): void {
    this.epoch += 1;
    this.#recent.push({ epoch: this.epoch, member });
    if (this.#recent.length > 2 * maxRecent) this.#recent = this.#recent.slice(-maxRecent);
  }

  /** Whether a barrier that came into force after `epoch` matches. */
  matchedSince(epoch: number, key: string, tags: readonly string[]): boolean {
    const oldest = this.#recent[0]?.epoch ?? this.epoch + 1;
    if (epoch < oldest - 1) return true;
    for (let index = this.#recent.length - 1; index >= 0; index -= 1) {
      const recent = this.#recent[index];
      if (recent === undefined || recent.epoch <= epoch) return false;
      if (this.#all.get(recent.member)?.matches(key, tags) === true) return true;
    }
    return false;
  }

  /** Whether a barrier that the disk is not yet rid of takes a copy of that version. */
  takesCopy(key: string, copy: Pick<CopyRecord, "version" | "tags">): boolean {
    const { version: at, tags } = copy;
    return this.#unswept.some((one) => at < one.version && one.matches(key, tags)); // rule: barrier-over-disk
  }

  /** Whether a barrier that the disk is not yet rid of takes a set that the disk holds. */
  takesHeldSet(key: string, set: RowSet): boolean {
    return this.#unswept.some((barrier) => strikes(barrier, key, set)); // rule: barrier-over-disk
  }

  /** What is left of a set that the disk holds, by the barriers that the disk is not yet rid of. */
  leftOfHeld(key: string, set: RowSet): RowSet | null {
    return leftBy(this.#unswept, key, set);
  }

  /** What any barriers leave of a set that arrives. */
  leftOf(key: string, set: RowSet): RowSet | null {
    return leftBy(this.matching(key, set.tags), key, set);
  }

  #keep(barrier: Barrier): void {
    this.#all.set(barrier.member, barrier);
    this.#index.put(barrier);
    this.#generations = null;
    const others = this.#unswept.filter((other) => other.member !== barrier.member);
    this.#unswept = barrier.swept ? others : [...others, barrier];
  }
}

/** A barrier that is not known yet. */
export function newBarrier(member: string, keepUntilMs: number): Barrier {
  return {
    member,
    ...barrierMatcher(member),
    removed: neverRemoved,
    version: 0,
    swept: true,
    place: nowhere,
    keepUntilMs,
  };
}

function recordOf(barrier: Barrier): BarrierRecord {
  const { removed, version, swept, place, keepUntilMs } = barrier;
  return { body: JSON.stringify(removed), version, swept, place, keepUntilMs };
}

function parseBarrier(member: string, record: BarrierRecord): Barrier {
  const removed: Removed = JSON.parse(record.body);
  const { version, swept, place, keepUntilMs } = record;
  return { member, ...barrierMatcher(member), removed, version, swept, place, keepUntilMs };
}
