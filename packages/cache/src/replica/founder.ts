import type { Clock, Random } from "../clock.js";
import type { Disk } from "../disk/disk.js";
import type { Generation, SharedStore } from "../log/shared-store.js";
import type { LogReader } from "./log-reader.js";
import { committed } from "./standing.js";

export interface FounderOptions {
  readonly store: SharedStore;
  readonly disk: Disk;
  readonly reader: LogReader;
  readonly clock: Clock;
  readonly random: Random;
  /** The time within which at most one generation is started. */
  readonly currencyMs: number;
  /** Named steps, so that a test can end the process at each. */
  readonly step: (name: string) => void;
}

/** Starts new generations. */
export class Founder {
  readonly #options: FounderOptions;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: FounderOptions) {
    this.#options = options;
  }

  /**
   * Starts a generation in place of `old`, after taking in all that its log still holds: its own
   * members may be gone. False: not yet, or the disk takes nothing of what was read.
   */
  async found(old: Generation | null, highestOrdinal: number): Promise<boolean> {
    const { store, disk, clock, random, currencyMs, step } = this.#options;
    if (clock.monotonicMs() - this.#lastAtMs < currencyMs) return false;
    this.#lastAtMs = clock.monotonicMs();
    if (old !== null) await this.#readAll(old); // rule: read-before-founding
    if (!(await committed(disk))) return false;
    const ordinal = Math.max(highestOrdinal, old?.ordinal ?? 0) + 1;
    const id = Math.floor(random() * 36 ** 9)
      .toString(36)
      .padStart(9, "0");
    step("found:ready");
    await store.found({ expected: old?.id ?? null, ordinal, id });
    return true;
  }

  async #readAll(generation: Generation): Promise<void> {
    const { reader, disk } = this.#options;
    for (let cursor = 0; ; ) {
      const reply = await reader.read(generation.id, cursor, false);
      if (reply.generation?.id !== generation.id) return;
      reader.apply(reply.entries, generation, false);
      const last = reply.entries.at(-1);
      if (last === undefined || !reader.isFull(reply.entries)) return;
      if (!(await committed(disk))) return;
      cursor = last.seq;
    }
  }
}
