import type { BarrierRecord, Disk } from "../disk/disk.js";
import { nowhere, type Place } from "../disk/records.js";
import { covers, type Positions } from "../log/positions.js";
import type { RowSet } from "../log/row.js";
import { compileGlob } from "../rules/glob.js";

/** A removal by glob, tag or namespace, as the cache knows it. */
export interface Barrier {
  /** `g:<glob>`, `t:<tag>` or `n:<namespace>`. */
  readonly member: string;
  /** Where a matching key must begin; empty: anywhere. */
  readonly prefix: string;
  readonly matches: (key: string, tags: readonly string[]) => boolean;
  /** Operation of the latest removal that is published; empty where none is. */
  readonly removal: string;
  /** Where it is published; empty while it is only an own pending one. */
  readonly removedAt: Positions;
  /** Copies of a smaller version are removed. */
  readonly version: number;
  /** Whether the disk holds nothing any more that it removes. */
  readonly swept: boolean;
  readonly place: Place;
  /** Steady time after which it may be forgotten. */
  readonly keepUntilMs: number;
}

/** Whether a removal at the barrier takes the set. */
export function strikes(barrier: Barrier, key: string, set: RowSet): boolean {
  return !covers(set.knew, barrier.removedAt) && barrier.matches(key, set.tags);
}

/** Builds what a member name stands for. */
export function barrierMatcher(member: string): Pick<Barrier, "prefix" | "matches"> {
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
  #unswept: readonly Barrier[] = [];
  /** Raised with every barrier that comes into force; what was checked at the present count needs no check. */
  epoch = 0;
  readonly #since = new Map<string, number>();

  constructor(disk: Disk) {
    this.#disk = disk;
    for (const [member, record] of disk.allBarriers()) this.#index(parseBarrier(member, record));
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

  get(member: string): Barrier | undefined {
    return this.#all.get(member);
  }

  put(barrier: Barrier): void {
    this.#index(barrier);
    this.#disk.putBarrier(barrier.member, recordOf(barrier));
  }

  drop(member: string): void {
    this.#all.delete(member);
    this.#since.delete(member);
    this.#unswept = this.#unswept.filter((barrier) => barrier.member !== member);
    this.#disk.putBarrier(member, null);
  }

  /** From now on the barrier takes whatever memory holds from before. */
  inForce(member: string): void {
    this.epoch += 1;
    this.#since.set(member, this.epoch);
  }

  /** Whether a barrier that came into force after `epoch` matches. */
  matchedSince(epoch: number, key: string, tags: readonly string[]): boolean {
    for (const [member, since] of this.#since) {
      if (since > epoch && this.#all.get(member)?.matches(key, tags) === true) return true;
    }
    return false;
  }

  /** Whether a barrier that the disk is not yet rid of takes a copy of that version. */
  takesCopy(key: string, version: number, tags: readonly string[]): boolean {
    return this.#unswept.some((barrier) => version < barrier.version && barrier.matches(key, tags));
  }

  /** Whether any barrier takes the set. */
  takesSet(key: string, set: RowSet): boolean {
    for (const barrier of this.#all.values()) if (strikes(barrier, key, set)) return true;
    return false;
  }

  #index(barrier: Barrier): void {
    this.#all.set(barrier.member, barrier);
    const others = this.#unswept.filter((other) => other.member !== barrier.member);
    this.#unswept = barrier.swept ? others : [...others, barrier];
  }
}

/** A barrier that is not known yet. */
export function newBarrier(member: string, keepUntilMs: number): Barrier {
  return {
    member,
    ...barrierMatcher(member),
    removal: "",
    removedAt: {},
    version: 0,
    swept: true,
    place: nowhere,
    keepUntilMs,
  };
}

function recordOf(barrier: Barrier): BarrierRecord {
  const { removal, removedAt, version, swept, place, keepUntilMs } = barrier;
  return { body: JSON.stringify({ removal, removedAt }), version, swept, place, keepUntilMs };
}

function parseBarrier(member: string, record: BarrierRecord): Barrier {
  const body: Pick<Barrier, "removal" | "removedAt"> = JSON.parse(record.body);
  const { version, swept, place, keepUntilMs } = record;
  return { member, ...barrierMatcher(member), ...body, version, swept, place, keepUntilMs };
}
