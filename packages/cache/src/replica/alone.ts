import type { Disk } from "../disk/disk.js";
import type { Generation } from "../log/shared-store.js";
import type { Knowledge } from "./knowledge.js";
import type { PendingBarrier, PendingKey } from "./pending.js";
import { placeIn, shipPending, type Yard } from "./publication.js";
import { advance, type Memo, saveMemo } from "./standing.js";

/**
 * Without a shared store an instance is a log of its own: an operation has its place the moment it
 * is made. The generation is named for the member, so that what was written alone is published like
 * any other row should the instance join others later.
 */
export class Alone {
  readonly #disk: Disk;
  readonly #knowledge: Knowledge;
  readonly #generation: Generation;
  readonly #yard: () => Yard;
  memo: Memo;

  constructor(disk: Disk, knowledge: Knowledge, memberId: string, memo: Memo, yard: () => Yard) {
    this.#disk = disk;
    this.#knowledge = knowledge;
    this.#yard = yard;
    this.#generation = { ordinal: 0, id: `alone-${memberId}`, identity: memberId };
    this.memo = { ...memo, generation: this.#generation, cursor: memo.aloneSeq, token: null };
    for (const item of knowledge.pending.upTo(Number.MAX_SAFE_INTEGER)) {
      this.settle(item);
      disk.putPending(item.number, null);
    }
  }

  /** Puts what the next run should know. */
  remember(): void {
    // Alone, `generation` is not kept: what an earlier log said stays what it was.
    const kept = { generation: null, cursor: 0, said: false, aloneSeq: this.memo.cursor };
    saveMemo(this.#disk, { ...this.memo, ...kept });
  }

  /** Gives the operation its place. */
  settle(item: PendingKey | PendingBarrier): void {
    const shipment = shipPending(this.#yard(), item);
    const seq = this.memo.cursor + 1;
    shipment.landed(placeIn(this.#generation, seq));
    this.memo = advance(this.memo, seq, null);
    this.remember();
    this.#knowledge.unplaced.clear();
  }
}
