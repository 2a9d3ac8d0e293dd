import type { Disk } from "../disk/disk.js";
import { nowhere, type Place, type RowRecord } from "../disk/records.js";
import { mergePositions, noPositions, type Positions } from "../log/positions.js";
import { positionsOf, type Removed } from "../log/removed.js";
import type { At, Row } from "../log/row.js";
import { BarrierKnowledge, type BarrierRow } from "./barrier-knowledge.js";
import { type Barrier, Barriers } from "./barriers.js";
import { Flights } from "./flights.js";
import { hidesSets } from "./hidden-sets.js";
import { type Holders, LettingGo } from "./letting-go.js";
import { OwnOperations } from "./own-operations.js";
import {
  memberOf,
  Pending,
  type PendingBarrier,
  type PendingItem,
  type PendingKey,
  type PendingSet,
  parsePending,
} from "./pending.js";
import { RowKnowledge } from "./row-knowledge.js";

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

/**
 * What an instance knows of writes: rows and barriers that the log held, and its own operations that
 * the log does not hold yet. Every change keeps one rule: whoever did not know of a removal cannot
 * outrank it. Changes are put on the disk here and committed by the caller.
 */
export class Knowledge {
  readonly pending: Pending;
  readonly barriers: Barriers;
  readonly flights: Flights = new Flights();
  /** Operations that an earlier run left and that could not be opened. */
  readonly broken: number;
  readonly #disk: Disk;
  readonly #holders: Holders;
  readonly #times: Times;
  readonly #own: OwnOperations;
  readonly #lettingGo: LettingGo;
  readonly #rows: RowKnowledge;
  readonly #barrierRows: BarrierKnowledge;
  #version: number;

  constructor(options: KnowledgeOptions) {
    const { disk, memberId, holders, times, firstVersion, alone } = options;
    this.#disk = disk;
    this.#holders = holders;
    this.#times = times;
    this.#version = firstVersion;
    this.barriers = new Barriers(disk);
    this.pending = new Pending(disk, !alone);
    this.broken = this.#restore();
    const { pending, barriers, flights } = this;
    const own = new OwnOperations(memberId);
    const lettingGo = new LettingGo({ disk, pending, flights, holders });
    const nextVersion = (): number => this.nextVersion();
    const shared = { pending, barriers, own, lettingGo, holders, times };
    this.#own = own;
    this.#lettingGo = lettingGo;
    this.#rows = new RowKnowledge({ ...shared, disk });
    this.#barrierRows = new BarrierKnowledge({ ...shared, nextVersion });
  }

  /** A version larger than every one before it. */
  nextVersion(): number {
    this.#version += 1;
    return this.#version;
  }

  // --- own operations -------------------------------------------------------------------------

  /** Puts an own set. Earlier own sets of the key and its copy are over; an earlier own removal goes with it. */
  putSet(number: number, key: string, set: PendingSet): PendingKey {
    return this.#putKey(number, key, this.pending.key(key)?.removal ?? null, set);
  }

  /** Puts an own removal of a key. */
  putRemoval(number: number, key: string): PendingKey {
    return this.#putKey(number, key, this.#own.name(number), null);
  }

  /** Puts an own barrier: in force at once, in memory and for everything the disk still holds. */
  putBarrier(
    number: number,
    member: string,
  ): { readonly item: PendingBarrier; readonly dropped: number } {
    const item = this.#putBarrier(number, member, this.#own.name(number));
    return { item, dropped: this.#barrierRows.enforceOwn(member) };
  }

  /**
   * What waits is to be published over removals that the disk refused, and hides their places then.
   * A next run, which has forgotten them, would see own operations only and take those for what its
   * disk remembers.
   */
  renewRemovals(at: At): void {
    for (const item of [...this.pending.keys, ...this.pending.barriers]) {
      const removal = this.#own.renewed(item.number, at);
      if (item.removal !== null && item.removal !== removal)
        this.pending.reduce({ ...item, removal });
    }
  }

  /** Takes over what another process made and can publish no more. Its removals keep their operation ids; they win over own unpublished sets, which did not know of them. */
  adopt(number: number, item: PendingItem): void {
    if (item.t === "barrier") {
      this.#putBarrier(number, item.member, item.removal);
      this.#barrierRows.enforceOwn(item.member);
      return;
    }
    const own = this.pending.key(item.key);
    const published = this.#disk.row(item.key)?.row.set ?? null;
    const outdated =
      item.set !== null && Math.max(published?.stamp ?? 0, own?.set?.stamp ?? 0) >= item.set.stamp;
    const set = outdated ? null : item.set;
    const kept = item.removal === null ? (own?.set ?? null) : null;
    if (item.removal === null && set === null) return;
    this.#putKey(number, item.key, item.removal ?? own?.removal ?? null, set ?? kept);
  }

  // --- what the log says ----------------------------------------------------------------------

  /** How many rows there are. */
  get rows(): number {
    return this.#rows.count;
  }

  set rows(count: number) {
    this.#rows.count = count;
  }

  /** Keys of rows that the present log does not hold as they are known here. */
  get unplaced(): Set<string> {
    return this.#rows.unplaced;
  }

  /** Takes in a row. `place` is where the present log holds it; nowhere for one read from a log that is over. */
  applyRow(key: string, incoming: Row, place: Place): void {
    this.#rows.apply(key, incoming, place);
  }

  /** Takes in a barrier. */
  applyBarrier(member: string, incoming: BarrierRow, place: Place): void {
    this.#barrierRows.apply(member, incoming, place);
  }

  /** An own operation on a key is in the log at `at`, as `row`. */
  publishedKey(item: PendingKey, row: Row, at: At): void {
    this.#rows.published(item, row, at);
  }

  /** An own barrier is in the log. */
  publishedBarrier(item: PendingBarrier, at: At): void {
    this.#barrierRows.published(item, at);
  }

  /** What was known already is in the log at a new place. */
  placedKey(key: string, row: Row, place: Place): void {
    this.#rows.placed(key, row, place);
  }

  placedBarrier(member: string, removed: Removed, place: Place): void {
    this.#barrierRows.placed(member, removed, place);
  }

  /** Drops an own operation that the log is known to have held although no reply said so. */
  settleLost(item: PendingItem): void {
    const known = item.t === "key" ? this.#disk.row(item.key) : this.barriers.get(item.member);
    const place = known?.place ?? nowhere;
    this.pending.settle(item, { t: "published", member: memberOf(item), place });
    if (item.t === "key") this.#holders.forget(item.key);
  }

  /** As {@link Knowledge.settleLost}, for the removal in it alone. */
  settleRemoval(item: PendingKey): void {
    if (item.set === null) this.settleLost(item);
    else this.pending.reduce({ ...item, removal: null });
  }

  /** Gives up own unpublished sets: removals of which nobody knows any more may have been meant for them. */
  dropPendingSets(): void {
    for (const pending of this.pending.keys) this.#lettingGo.dropPendingSet(pending.key);
  }

  /** The disk has lost the rows: those are left that it did not hold yet. */
  lostRows(): void {
    this.#rows.count = this.#disk.dirtyRows().length;
  }

  /** Puts everything that is known apart from rows, for a disk that holds nothing. */
  putAgain(): void {
    this.pending.putAgain();
    this.barriers.putAgain();
  }

  /** Joins barriers that have become too many; answers how many. */
  widen(prefix: string): number {
    return this.#barrierRows.widen(prefix);
  }

  // --- what may be served ---------------------------------------------------------------------

  /** Whether an own unpublished operation hides published sets of the key. */
  hidesSets(key: string, tags: readonly string[]): boolean {
    return hidesSets(this.pending, this.barriers, key, tags);
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
    return this.#rows.strike(key, record, barrier);
  }

  // --- inside ---------------------------------------------------------------------------------

  #putKey(number: number, key: string, removal: string | null, set: PendingSet | null): PendingKey {
    const madeAtMs = this.#owedSinceMs(this.pending.key(key));
    const item: PendingKey = { t: "key", number, key, removal, set, madeAtMs };
    this.pending.put(item);
    this.#lettingGo.dropLocal(key);
    return item;
  }

  #putBarrier(number: number, member: string, removal: string): PendingBarrier {
    const madeAtMs = this.#owedSinceMs(this.pending.barrier(member));
    const item: PendingBarrier = { t: "barrier", number, member, removal, madeAtMs };
    this.pending.put(item);
    return item;
  }

  /**
   * What replaces something that the log is owed is owed since then: or an instance that writes a key
   * again and again, and publishes nothing, would never owe anything for long.
   */
  #owedSinceMs(replaced: PendingItem | undefined): number {
    return replaced?.madeAtMs ?? this.#times.nowMs();
  }

  /** Takes back what an earlier run left to be published; answers how much of it could not be opened. */
  #restore(): number {
    const { bodies, broken } = this.#disk.allPending();
    for (const body of bodies.values()) {
      const item = parsePending(body);
      if (item !== null) this.pending.restore(item);
    }
    return broken;
  }
}
