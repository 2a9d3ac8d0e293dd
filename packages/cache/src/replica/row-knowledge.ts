import type { Disk } from "../disk/disk.js";
import { nowhere, type Place, type RowRecord } from "../disk/records.js";
import { neverRemoved } from "../log/removed.js";
import { type At, isEmptied, mergeRows, type Row, type RowSet, sameRow } from "../log/row.js";
import { type Barrier, type Barriers, leftBy } from "./barriers.js";
import { isHiddenByBarrier } from "./hidden-sets.js";
import type { Times } from "./knowledge.js";
import type { Holders, LettingGo } from "./letting-go.js";
import type { OwnOperations } from "./own-operations.js";
import type { Pending, PendingKey } from "./pending.js";

export interface RowKnowledgeOptions {
  readonly disk: Disk;
  readonly pending: Pending;
  readonly barriers: Barriers;
  readonly own: OwnOperations;
  readonly lettingGo: LettingGo;
  readonly holders: Holders;
  readonly times: Times;
}

/** What the log says of keys: their rows, merged with what was known of them. */
export class RowKnowledge {
  /** Keys of rows that the present log does not hold as they are known here. */
  readonly unplaced: Set<string> = new Set();
  /** How many rows there are. */
  count: number;
  readonly #options: RowKnowledgeOptions;

  constructor(options: RowKnowledgeOptions) {
    this.#options = options;
    this.count = options.disk.countRows();
  }

  /** Takes in a row. `place` is where the present log holds it; nowhere for one read from a log that is over. */
  apply(key: string, incoming: Row, place: Place): void {
    const { disk, pending, own, lettingGo, holders } = this.#options;
    const known = disk.row(key);
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
    if (own.tellsOfRemoval(before, incoming.removed, pending.key(key))) lettingGo.byRemoval(key);
    const newSet = merged.set !== null && merged.set.operation !== known?.row.set?.operation;
    if (newSet) lettingGo.dropLocal(key);
    this.#confirm(key, incoming, place);
    if (merged.set !== null && newSet) this.#outrank(key, merged.set);
    this.#put(key, merged, known, sameRow(merged, incoming) ? place : nowhere);
    holders.forget(key);
  }

  /** An own operation is in the log at `at`, as `row`. */
  published(item: PendingKey, row: Row, at: At): void {
    const { disk, pending, holders } = this.#options;
    const { key } = item;
    const place: Place = { generation: at.generation, seq: at.seq };
    const kept = this.#strikeRow(key, row, undefined);
    this.#put(key, kept, disk.row(key), place, item.set);
    const now = pending.key(key);
    if (now !== item || kept.set === null) holders.forget(key);
    if (now === item) pending.settle(item, { t: "published", member: `k:${key}`, place });
    else if (now !== undefined && now.removal !== null && now.removal === item.removal)
      pending.reduce({ ...now, removal: null });
  }

  /** A row that was known already is in the log at a new place. */
  placed(key: string, row: Row, place: Place): void {
    const { disk } = this.#options;
    const known = disk.row(key);
    this.unplaced.delete(key);
    if (known === null) return;
    if (sameRow(known.row, row)) disk.putRow(key, { ...known, place });
    else this.unplaced.add(key);
  }

  /** What a barrier leaves of a row; null where it changes nothing. */
  strike(key: string, record: RowRecord, barrier: Barrier): RowRecord | null {
    const { set } = record.row;
    if (set === null) return null;
    const left = leftBy([barrier], key, set);
    if (left === set) return null;
    return { ...record, row: { ...record.row, set: left }, goneAtMs: 0 };
  }

  /** Own operations that a row shows to be in the log already, after a reply that was lost. */
  #confirm(key: string, incoming: Row, place: Place): void {
    const { pending, own } = this.#options;
    const waiting = pending.key(key);
    if (waiting === undefined) return;
    const removal = own.isPublished(waiting, incoming.removed) ? null : waiting.removal;
    const isSet = waiting.set !== null && waiting.set.operation === incoming.set?.operation;
    const set = isSet ? null : waiting.set;
    if (removal === null && set === null)
      pending.settle(waiting, { t: "published", member: `k:${key}`, place });
    else if (removal !== waiting.removal || set !== waiting.set)
      pending.reduce({ ...waiting, removal, set });
  }

  /** Between a foreign set and an own unpublished one, of which neither knew the other, the newer stamp wins. */
  #outrank(key: string, set: RowSet): void {
    const { pending, barriers, lettingGo } = this.#options;
    const waiting = pending.key(key);
    if (waiting === undefined || waiting.set === null || waiting.set.stamp > set.stamp) return;
    const hidden = isHiddenByBarrier(pending, barriers, key, set.tags);
    // What goes before the own set and is not published yet will take the other.
    if (waiting.removal !== null || hidden) return; // rule: own-removal-before-stamp
    lettingGo.dropPendingSet(key);
  }

  /** A set that is held has outlived every barrier that the disk is rid of. */
  #strikeRow(key: string, row: Row, held: string | undefined): Row {
    const { set } = row;
    if (set === null || set.operation === held) return row;
    const left = this.#options.barriers.leftOf(key, set);
    return left === set ? row : { ...row, set: left };
  }

  /** As `#strikeRow` for a row that is held, by the barriers that the disk is not yet rid of. */
  #strikeHeld(key: string, row: Row): Row {
    const { set } = row;
    if (set === null) return row;
    const left = this.#options.barriers.leftOfHeld(key, set);
    return left === set ? row : { ...row, set: left };
  }

  #put(
    key: string,
    row: Row,
    known: RowRecord | null,
    place: Place,
    own: PendingKey["set"] = null,
  ): void {
    const { disk, times } = this.#options;
    const offset = times.offsetMs();
    const same = row.set !== null && row.set.operation === known?.row.set?.operation;
    const over = row.set === null || isEmptied(row.set);
    const goneAtMs = over ? 0 : (own?.goneAtMs ?? row.set.expiresAtMs - offset);
    if (known === null) this.count += 1;
    disk.putRow(key, {
      row,
      storedAtMs: same ? known.storedAtMs : (own?.storedAtMs ?? times.nowMs()),
      goneAtMs: same ? Math.min(known.goneAtMs, goneAtMs) : goneAtMs,
      place,
      keepUntilMs: Math.max(row.keepUntilMs - offset, known?.keepUntilMs ?? 0),
    });
    if (place.generation === null) this.unplaced.add(key);
    else this.unplaced.delete(key);
  }
}
