import type { Disk } from "../disk/disk.js";
import { nowhere, type Place, type RowRecord } from "../disk/records.js";
import { mergePositions, noPositions, type Positions } from "../log/positions.js";
import {
  addedTo,
  holds,
  includes,
  mergeRemoved,
  neverRemoved,
  positionsOf,
  type Removed,
  withRemoval,
} from "../log/removed.js";
import { type At, isEmptied, mergeRows, type Row, type RowSet, sameRow } from "../log/row.js";
import { type Barrier, Barriers, leftBy, newBarrier } from "./barriers.js";
import { Flights } from "./flights.js";
import {
  Pending,
  type PendingBarrier,
  type PendingItem,
  type PendingKey,
  parsePending,
} from "./pending.js";
import { widened } from "./widening.js";

/** What else holds answers and must let go of them. */
export interface Holders {
  /** Drops whatever memory holds of the key. */
  forget(key: string): void;
  /** A barrier came into force that must be swept from the disk. */
  sweep(barrier: Barrier): void;
}

/** Times that knowledge turns between the server's clock and the local one. */
export interface Times {
  nowMs(): number;
  /** Server time minus steady time. */
  offsetMs(): number;
  /** How long rows and barriers are remembered. */
  horizonMs(): number;
}

export interface KnowledgeOptions {
  readonly disk: Disk;
  readonly memberId: string;
  readonly holders: Holders;
  readonly times: Times;
  /** Above every version that the disk holds. */
  readonly firstVersion: number;
  /** Whether there is no shared store. */
  readonly alone: boolean;
}

/** A removal by barrier as the log carries it. */
export interface BarrierRow {
  readonly removed: Removed;
  readonly keepUntilMs: number;
}

/**
 * What an instance knows of writes: rows and barriers that the log held, and its own operations that
 * the log does not hold yet. Every change keeps one rule: whoever did not know of a removal cannot
 * outrank it. Changes are put on the disk here and committed by the caller.
 */
export class Knowledge {
  readonly pending: Pending;
  readonly barriers: Barriers;
  readonly flights: Flights = new Flights();
  /** Keys of rows that the present log does not hold as they are known here. */
  readonly unplaced: Set<string> = new Set();
  /** Operations that an earlier run left and that could not be opened. */
  readonly broken: number;
  readonly #disk: Disk;
  readonly #memberId: string;
  readonly #holders: Holders;
  readonly #times: Times;
  #version: number;
  rows: number;

  constructor(options: KnowledgeOptions) {
    const { disk, memberId, holders, times, firstVersion, alone } = options;
    this.#disk = disk;
    this.#memberId = memberId;
    this.#holders = holders;
    this.#times = times;
    this.#version = firstVersion;
    this.barriers = new Barriers(disk);
    this.pending = new Pending(disk, !alone);
    const { bodies, broken } = disk.allPending();
    this.broken = broken;
    for (const body of bodies.values()) {
      const item = parsePending(body);
      if (item !== null) this.pending.restore(item);
    }
    this.rows = disk.countRows();
  }

  /** A version larger than every one before it. */
  nextVersion(): number {
    this.#version += 1;
    return this.#version;
  }

  // --- own operations -------------------------------------------------------------------------

  /** Puts an own set. Earlier own sets of the key and its copy are over; an earlier own removal goes with it. */
  putSet(number: number, key: string, set: PendingKey["set"]): PendingKey {
    const removal = this.pending.key(key)?.removal ?? null;
    const item: PendingKey = { t: "key", number, key, removal, set, madeAtMs: this.#times.nowMs() };
    this.pending.put(item);
    this.#dropLocal(key);
    return item;
  }

  /** Puts an own removal of a key. */
  putRemoval(number: number, key: string): PendingKey {
    const item: PendingKey = {
      t: "key",
      number,
      key,
      removal: this.#operation(number),
      set: null,
      madeAtMs: this.#times.nowMs(),
    };
    this.pending.put(item);
    this.#dropLocal(key);
    return item;
  }

  /** Puts an own barrier: in force at once, in memory and for everything the disk still holds. */
  putBarrier(
    number: number,
    member: string,
  ): { readonly item: PendingBarrier; readonly dropped: number } {
    const item: PendingBarrier = {
      t: "barrier",
      number,
      member,
      removal: this.#operation(number),
      madeAtMs: this.#times.nowMs(),
    };
    this.pending.put(item);
    const known = this.barriers.get(member) ?? newBarrier(member, this.#keepUntilMs());
    const dropped = this.#enforce({
      ...known,
      version: this.nextVersion(),
      swept: false,
      keepUntilMs: this.#keepUntilMs(),
    });
    return { item, dropped };
  }

  /** Takes over what another process made and can publish no more. Its removals keep their operation ids; they win over own unpublished sets, which did not know of them. */
  adopt(number: number, item: PendingItem): void {
    const madeAtMs = this.#times.nowMs();
    if (item.t === "barrier") {
      this.pending.put({ ...item, number, madeAtMs });
      const known = this.barriers.get(item.member) ?? newBarrier(item.member, this.#keepUntilMs());
      this.#enforce({
        ...known,
        version: this.nextVersion(),
        swept: false,
        keepUntilMs: this.#keepUntilMs(),
      });
      return;
    }
    const own = this.pending.key(item.key);
    const published = this.#disk.row(item.key)?.row.set ?? null;
    const outdated =
      item.set !== null && Math.max(published?.stamp ?? 0, own?.set?.stamp ?? 0) >= item.set.stamp;
    const set = outdated ? null : item.set;
    const kept = item.removal === null ? (own?.set ?? null) : null;
    if (item.removal === null && set === null) return;
    this.pending.put({
      t: "key",
      number,
      key: item.key,
      removal: item.removal ?? own?.removal ?? null,
      set: set ?? kept,
      madeAtMs,
    });
    this.#dropLocal(item.key);
  }

  // --- what the log says ----------------------------------------------------------------------

  /** Takes in a row. `place` is where the present log holds it; nowhere for one read from a log that is over. */
  applyRow(key: string, incoming: Row, place: Place): void {
    const known = this.#disk.row(key);
    if (
      known !== null &&
      known.place.generation === place.generation &&
      known.place.seq === place.seq &&
      sameRow(known.row, incoming)
    )
      return;
    // What a barrier takes is taken first: it must not win over a set that stays.
    const held = known === null ? null : this.#strikeHeld(key, known.row);
    const arriving = this.#strikeRow(key, incoming, held?.set?.operation);
    const merged = held === null ? arriving : mergeRows(held, arriving);
    const before = known?.row.removed ?? neverRemoved;
    if (this.#tellsOfRemoval(before, incoming.removed, this.pending.key(key))) this.#removed(key);
    const newSet = merged.set !== null && merged.set.operation !== known?.row.set?.operation;
    if (newSet) this.#dropLocal(key);
    this.#confirm(key, incoming, place);
    if (merged.set !== null && newSet) this.#outrank(key, merged.set);
    this.#putRow(key, merged, known, sameRow(merged, incoming) ? place : nowhere);
    this.#holders.forget(key);
  }

  /** Takes in a barrier. */
  applyBarrier(member: string, incoming: BarrierRow, place: Place): void {
    const known = this.barriers.get(member) ?? newBarrier(member, this.#keepUntilMs());
    const removed = mergeRemoved(known.removed, incoming.removed);
    const more = !includes(known.removed, incoming.removed);
    const next: Barrier = {
      ...known,
      removed,
      place: includes(incoming.removed, known.removed) ? place : nowhere,
      keepUntilMs: Math.max(known.keepUntilMs, incoming.keepUntilMs - this.#times.offsetMs()),
      swept: more ? false : known.swept,
    };
    const pending = this.pending.barrier(member);
    const tells = this.#tellsOfRemoval(known.removed, incoming.removed, pending);
    if (pending !== undefined && holds(incoming.removed, pending.removal)) {
      this.pending.settle(pending, { t: "published", member, place });
    }
    if (tells) this.#enforce({ ...next, version: this.nextVersion() });
    else this.#settleBarrier(next, more);
  }

  /** An own operation on a key is in the log at `at`, as `row`. */
  publishedKey(item: PendingKey, row: Row, at: At): void {
    const place: Place = { generation: at.generation, seq: at.seq };
    const known = this.#disk.row(item.key);
    const kept = this.#strikeRow(item.key, row, undefined);
    this.#putRow(item.key, kept, known, place, item.set);
    const now = this.pending.key(item.key);
    if (now !== item || kept.set === null) this.#holders.forget(item.key);
    if (now === item) this.pending.settle(item, { t: "published", member: `k:${item.key}`, place });
    else if (now !== undefined && now.removal !== null && now.removal === item.removal)
      this.pending.reduce({ ...now, removal: null });
  }

  /** An own barrier is in the log. */
  publishedBarrier(item: PendingBarrier, at: At): void {
    const known = this.barriers.get(item.member) ?? newBarrier(item.member, this.#keepUntilMs());
    const place: Place = { generation: at.generation, seq: at.seq };
    const removed = withRemoval(known.removed, at.generation, at.seq, item.removal);
    this.#settleBarrier({ ...known, removed, place, swept: false }, true);
    if (this.pending.barrier(item.member) === item)
      this.pending.settle(item, { t: "published", member: item.member, place });
  }

  /** What was known already is in the log at a new place. */
  placedKey(key: string, row: Row, place: Place): void {
    const known = this.#disk.row(key);
    this.unplaced.delete(key);
    if (known === null) return;
    if (sameRow(known.row, row)) this.#disk.putRow(key, { ...known, place });
    else this.unplaced.add(key);
  }

  placedBarrier(member: string, removed: Removed, place: Place): void {
    const known = this.barriers.get(member);
    if (known !== undefined && includes(removed, known.removed))
      this.barriers.put({ ...known, place });
  }

  /** Drops an own operation that the log is known to have held although no reply said so. */
  settleLost(item: PendingKey | PendingBarrier): void {
    const place =
      item.t === "key"
        ? (this.#disk.row(item.key)?.place ?? nowhere)
        : (this.barriers.get(item.member)?.place ?? nowhere);
    this.pending.settle(item, {
      t: "published",
      member: item.t === "key" ? `k:${item.key}` : item.member,
      place,
    });
    if (item.t === "key") this.#holders.forget(item.key);
  }

  /** Gives up own unpublished sets: removals of which nobody knows any more may have been meant for them. */
  dropPendingSets(): void {
    for (const pending of this.pending.keys) this.#dropPendingSet(pending.key);
  }

  // --- what may be served ---------------------------------------------------------------------

  /** Whether an own unpublished operation hides published sets of the key. */
  hidesSets(key: string, tags: readonly string[]): boolean {
    if (this.pending.key(key) !== undefined) return true; // rule: held-sets
    if (this.#hiddenByBarrier(key, tags)) return true; // rule: held-sets
    return false;
  }

  /** Everything known of barriers that match. */
  barriersOf(key: string, tags: readonly string[]): Positions {
    let known: Positions = noPositions;
    for (const barrier of this.barriers.matching(key, tags)) {
      known = mergePositions(known, positionsOf(barrier.removed)); // rule: knew-over-barriers
    }
    return known;
  }

  /** What a barrier leaves of a row; null where it changes nothing. */
  strike(key: string, record: RowRecord, barrier: Barrier): RowRecord | null {
    const { set } = record.row;
    if (set === null) return null;
    const left = leftBy([barrier], key, set);
    if (left === set) return null;
    return { ...record, row: { ...record.row, set: left }, goneAtMs: 0 };
  }

  // --- inside ---------------------------------------------------------------------------------

  #hiddenByBarrier(key: string, tags: readonly string[]): boolean {
    if (!this.pending.hasBarriers) return false;
    for (const { member } of this.pending.barriers) {
      if (this.barriers.get(member)?.matches(key, tags) === true) return true;
    }
    return false;
  }

  #operation(number: number): string {
    return `${this.#memberId}:${number}`;
  }

  #keepUntilMs(): number {
    return this.#times.nowMs() + this.#times.horizonMs();
  }

  /** Whether a removal is new here, and not one that was made anew, or an own one that waits: that has been in force since it was made. */
  #tellsOfRemoval(
    known: Removed,
    incoming: Removed,
    pending: PendingKey | PendingBarrier | undefined,
  ): boolean {
    let added = addedTo(known, incoming);
    added = added.filter((operation) => !holds(known, operation)); // rule: operation-id
    added = added.filter((operation) => !this.#isInForce(operation, pending)); // rule: operation-id
    return added.length > 0;
  }

  /** Whether the operation is the removal that waits, or an own one from before what waits. */
  #isInForce(operation: string, pending: PendingKey | PendingBarrier | undefined): boolean {
    if (pending === undefined) return false;
    if (operation === pending.removal) return true;
    const [member, number] = operation.split(":");
    return member === this.#memberId && Number(number) <= pending.number;
  }

  /** A removal that was not known takes everything older, own unpublished sets included: they were written in ignorance. */
  #removed(key: string): void {
    this.#dropLocal(key);
    this.#dropPendingSet(key); // rule: drop-ignorant-sets
  }

  #dropLocal(key: string): void {
    this.flights.outdate(key);
    this.#disk.putCopy(key, null);
    this.#holders.forget(key);
  }

  #dropPendingSet(key: string): void {
    const pending = this.pending.key(key);
    if (pending === undefined || pending.set === null) return;
    if (pending.removal === null) this.pending.settle(pending, { t: "overtaken" });
    else this.pending.reduce({ ...pending, set: null });
    this.#holders.forget(key);
  }

  /** What a tag takes of an own set leaves a trace behind, as `emptied`; beside an own removal none is needed. */
  #takePendingSet(pending: PendingKey, barrier: Barrier): void {
    const { set } = pending;
    if (set === null || pending.removal !== null || !barrier.member.startsWith("t:"))
      return this.#dropPendingSet(pending.key);
    this.pending.overtake({ ...pending, set: { ...set, value: "", goneAtMs: 0 } });
    this.#holders.forget(pending.key);
  }

  /** Own operations that a row shows to be in the log already, after a reply that was lost. */
  #confirm(key: string, incoming: Row, place: Place): void {
    const pending = this.pending.key(key);
    if (pending === undefined) return;
    const removal =
      pending.removal !== null && holds(incoming.removed, pending.removal) ? null : pending.removal;
    const set =
      pending.set !== null && pending.set.operation === incoming.set?.operation
        ? null
        : pending.set;
    if (removal === null && set === null)
      this.pending.settle(pending, { t: "published", member: `k:${key}`, place });
    else if (removal !== pending.removal || set !== pending.set)
      this.pending.reduce({ ...pending, removal, set });
  }

  /** Between a foreign set and an own unpublished one, of which neither knew the other, the newer stamp wins. */
  #outrank(key: string, set: RowSet): void {
    const pending = this.pending.key(key);
    if (pending === undefined || pending.set === null || pending.set.stamp > set.stamp) return;
    // What goes before the own set and is not published yet will take the other.
    if (pending.removal !== null || this.#hiddenByBarrier(key, set.tags)) return; // rule: own-removal-before-stamp
    this.#dropPendingSet(key);
  }

  /** A set that is held has outlived every barrier that the disk is rid of. */
  #strikeRow(key: string, row: Row, held: string | undefined): Row {
    const { set } = row;
    if (set === null || set.operation === held) return row;
    const left = this.barriers.leftOf(key, set);
    return left === set ? row : { ...row, set: left };
  }

  /** As `#strikeRow` for a row that is held, by the barriers that the disk is not yet rid of. */
  #strikeHeld(key: string, row: Row): Row {
    const { set } = row;
    if (set === null) return row;
    const left = this.barriers.leftOfHeld(key, set);
    return left === set ? row : { ...row, set: left };
  }

  #putRow(
    key: string,
    row: Row,
    known: RowRecord | null,
    place: Place,
    own: PendingKey["set"] = null,
  ): void {
    const offset = this.#times.offsetMs();
    const same = row.set !== null && row.set.operation === known?.row.set?.operation;
    const over = row.set === null || isEmptied(row.set);
    const goneAtMs = over ? 0 : (own?.goneAtMs ?? row.set.expiresAtMs - offset);
    if (known === null) this.rows += 1;
    this.#disk.putRow(key, {
      row,
      storedAtMs: same ? known.storedAtMs : (own?.storedAtMs ?? this.#times.nowMs()),
      goneAtMs: same ? Math.min(known.goneAtMs, goneAtMs) : goneAtMs,
      place,
      keepUntilMs: Math.max(row.keepUntilMs - offset, known?.keepUntilMs ?? 0),
    });
    if (place.generation === null) this.unplaced.add(key);
    else this.unplaced.delete(key);
  }

  /** Puts a barrier that is new here into force; answers how much of what the disk does not hold yet it took. */
  #enforce(barrier: Barrier): number {
    let dropped = 0;
    this.barriers.put(barrier);
    this.barriers.inForce(barrier.member);
    this.flights.outdateMatching(barrier); // rule: outdated-flights
    for (const [key, copy] of this.#disk.dirtyCopies()) {
      if (!barrier.matches(key, copy.tags)) continue;
      this.#disk.putCopy(key, null);
      dropped += 1;
    }
    for (const pending of this.pending.keys) {
      if (pending.set === null || !barrier.matches(pending.key, pending.set.tags)) continue;
      this.#takePendingSet(pending, barrier); // rule: drop-ignorant-sets
      dropped += 1;
    }
    this.#holders.sweep(barrier);
    return dropped;
  }

  /** Joins barriers that have become too many. The joined one is told to everybody and takes, here as there, what was not written in knowledge of those it stands for. */
  widen(prefix: string): number {
    const crowd = this.barriers
      .crowd(prefix)
      .filter((barrier) => this.pending.barrier(barrier.member) === undefined);
    const joined = widened(crowd, this.#keepUntilMs());
    if (joined === null) return 0;
    for (const barrier of crowd)
      if (barrier.member !== joined.member) this.barriers.drop(barrier.member);
    const beside = this.barriers.get(joined.member) ?? joined;
    const removed = mergeRemoved(joined.removed, beside.removed);
    const version = Math.max(joined.version, beside.version);
    this.#settleBarrier({ ...joined, removed, version }, true);
    return crowd.length;
  }

  #settleBarrier(barrier: Barrier, sweep: boolean): void {
    this.barriers.put(barrier);
    if (!sweep) return;
    this.barriers.inForce(barrier.member);
    this.#holders.sweep(barrier);
  }
}
