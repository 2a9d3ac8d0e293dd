import type { Disk } from "../disk/disk.js";
import { isRemoved } from "../log/removed.js";
import type { Generation } from "../log/shared-store.js";
import type { Knowledge } from "./knowledge.js";
import { type Shipment, shipKnownBarrier, shipRow, type Yard } from "./publication.js";

/**
 * What is known but does not stand in the present generation's log. After a change of generation
 * every row is gone through once, in key order; what comes to differ from the log later is named
 * one by one in `knowledge.unplaced`.
 */
export class Backlog {
  readonly #disk: Disk;
  readonly #knowledge: Knowledge;
  readonly #memberId: string;
  /** Key up to which rows were gone through; null: all were. */
  #scannedTo: string | null;
  #tokens: number;

  constructor(
    disk: Disk,
    knowledge: Knowledge,
    memberId: string,
    options: { readonly scanned: boolean; readonly firstToken: number },
  ) {
    this.#disk = disk;
    this.#knowledge = knowledge;
    this.#memberId = memberId;
    this.#scannedTo = options.scanned ? null : "";
    this.#tokens = options.firstToken;
  }

  /** Begins anew: a new generation holds nothing. */
  restart(generation: Generation): void {
    this.#scannedTo = "";
    this.#knowledge.unplaced.clear();
    for (const [key, record] of this.#disk.dirtyRows()) {
      if (record.place.generation !== generation.id) this.#knowledge.unplaced.add(key);
    }
  }

  /** Whether every row stands in the log, barriers aside. */
  get rowsPlaced(): boolean {
    return this.#scannedTo === null && this.#knowledge.unplaced.size === 0;
  }

  /** Whether everything known stands in that generation's log. */
  emptyIn(generation: Generation): boolean {
    if (!this.rowsPlaced) return false;
    for (const barrier of this.#knowledge.barriers.all) {
      if (barrier.place.generation !== generation.id && isRemoved(barrier.removed)) return false;
    }
    return true;
  }

  /** The next barriers to publish again, at most `limit`. */
  nextBarriers(generation: Generation, yard: Yard, limit: number): Shipment[] {
    const shipments: Shipment[] = [];
    for (const barrier of this.#knowledge.barriers.all) {
      if (shipments.length >= limit) break;
      const owed = barrier.place.generation !== generation.id && isRemoved(barrier.removed);
      if (!owed) continue;
      shipments.push(shipKnownBarrier(yard, barrier, this.#token())); // rule: republish-barriers
    }
    return shipments;
  }

  /** The next rows to publish again, at most `limit`. */
  nextRows(generation: Generation, yard: Yard, limit: number): Shipment[] {
    const shipments: Shipment[] = [];
    this.#scan(generation, limit);
    for (const key of this.#knowledge.unplaced) {
      if (shipments.length >= limit) break;
      const record = this.#disk.row(key);
      const forgotten = record === null || record.row.keepUntilMs <= yard.sharedNowMs;
      if (forgotten) this.#knowledge.unplaced.delete(key);
      else shipments.push(shipRow(yard, key, record.row, this.#token())); // rule: republish-rows
    }
    return shipments;
  }

  #scan(generation: Generation, limit: number): void {
    while (this.#scannedTo !== null && this.#knowledge.unplaced.size < limit) {
      const rows = this.#disk.rowsAfter(this.#scannedTo, limit);
      for (const [key, record] of rows) {
        if (record.place.generation !== generation.id) this.#knowledge.unplaced.add(key);
      }
      this.#scannedTo = rows.length < limit ? null : (rows.at(-1)?.[0] ?? null);
    }
  }

  #token(): string {
    this.#tokens += 1;
    return `${this.#memberId}.r${this.#tokens.toString(36)}`;
  }
}
