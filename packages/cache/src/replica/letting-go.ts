import type { Disk } from "../disk/disk.js";
import type { Barrier } from "./barriers.js";
import type { Flights } from "./flights.js";
import type { Pending, PendingKey } from "./pending.js";

/** What else holds answers and must let go of them. */
export interface Holders {
  /** Drops whatever memory holds of the key. */
  forget(key: string): void;
  /** A barrier came into force that must be swept from the disk. */
  sweep(barrier: Barrier): void;
}

export interface LettingGoOptions {
  readonly disk: Disk;
  readonly pending: Pending;
  readonly flights: Flights;
  readonly holders: Holders;
}

/** What a removal takes that is not a row: copies, loads under way, own sets that are not published. */
export class LettingGo {
  readonly #disk: Disk;
  readonly #pending: Pending;
  readonly #flights: Flights;
  readonly #holders: Holders;

  constructor({ disk, pending, flights, holders }: LettingGoOptions) {
    this.#disk = disk;
    this.#pending = pending;
    this.#flights = flights;
    this.#holders = holders;
  }

  /** Drops the copy of a key, wherever it is held. */
  dropLocal(key: string): void {
    this.#flights.outdate(key);
    this.#disk.putCopy(key, null);
    this.#holders.forget(key);
  }

  dropPendingSet(key: string): void {
    const pending = this.#pending.key(key);
    if (pending === undefined || pending.set === null) return;
    if (pending.removal === null) this.#pending.settle(pending, { t: "overtaken" });
    else this.#pending.overtake({ ...pending, set: null });
    this.#holders.forget(key);
  }

  /** By a key removal that was not known: it takes own unpublished sets, too, which were written in ignorance. */
  byRemoval(key: string): void {
    this.dropLocal(key);
    this.dropPendingSet(key); // rule: drop-ignorant-sets
  }

  /** By a barrier that comes into force; answers how much of what the disk does not hold yet it took. */
  byBarrier(barrier: Barrier): number {
    let dropped = 0;
    this.#flights.outdateMatching(barrier); // rule: outdated-flights
    for (const [key, copy] of this.#disk.dirtyCopies()) {
      if (!barrier.matches(key, copy.tags)) continue;
      this.#disk.putCopy(key, null);
      dropped += 1;
    }
    for (const pending of this.#pending.keys) {
      if (pending.set === null || !barrier.matches(pending.key, pending.set.tags)) continue;
      this.#takePendingSet(pending, barrier); // rule: drop-ignorant-sets
      dropped += 1;
    }
    this.#holders.sweep(barrier);
    return dropped;
  }

  /** What a tag takes of an own set leaves a trace behind, as `emptied`; beside an own removal none is needed. */
  #takePendingSet(pending: PendingKey, barrier: Barrier): void {
    const { set } = pending;
    if (set === null || pending.removal !== null || !barrier.member.startsWith("t:"))
      return this.dropPendingSet(pending.key);
    this.#pending.overtake({ ...pending, set: { ...set, value: "", goneAtMs: 0 } });
    this.#holders.forget(pending.key);
  }
}
