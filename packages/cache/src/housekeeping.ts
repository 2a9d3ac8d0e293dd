import type { Command } from "@holdfast/sqlite";
import type { Clock } from "./clock.js";
import { afterEveryKey, type Disk } from "./disk/disk.js";
import type { LogPlace, SharedStore } from "./log/shared-store.js";
import type { Barrier } from "./replica/barriers.js";
import type { Knowledge } from "./replica/knowledge.js";

const everyMs = 60_000;
/** Keys a slice of the sweep covers: a few ms of the writer thread. */
const slice = 256;

export interface HousekeepingOptions {
  readonly disk: Disk;
  readonly knowledge: Knowledge;
  readonly store: SharedStore | null;
  readonly clock: Clock;
  readonly nowMs: () => number;
  /** Whether the wall clock was set since the start; then nothing is thrown away. */
  readonly jumped: () => boolean;
  readonly generation: () => string | null;
  readonly maxBytes: number;
  readonly seen: () => void;
  readonly yieldLoop: () => Promise<void>;
  readonly evicted: (copies: number) => void;
}

/** Once a minute: throws away what is gone, keeps the file within its bound, and remembers the time. */
export class Housekeeping implements AsyncDisposable {
  readonly #options: HousekeepingOptions;
  #cancel: () => void = () => undefined;
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(options: HousekeepingOptions) {
    this.#options = options;
    this.#schedule();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
  }

  /** One round now; rounds never overlap. */
  round(): Promise<void> {
    this.#running ??= this.#round().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(everyMs, () => {
      void this.round().then(() => this.#schedule());
    });
  }

  async #round(): Promise<void> {
    const { disk, jumped, seen } = this.#options;
    seen();
    try {
      if (!jumped()) {
        await this.#sweepCopies();
        await this.#forgetRows();
        await this.#forgetBarriers();
      }
      await this.#evict();
      await disk.commit();
      await disk.durable.vacuum();
    } catch {
      // The disk takes no writes now; the next round finds the same work.
      return;
    }
  }

  async #sweepCopies(): Promise<void> {
    const { disk, nowMs, yieldLoop } = this.#options;
    const edge = disk.durable.reader("SELECT k FROM copy WHERE k > ? ORDER BY k LIMIT 1 OFFSET ?");
    for (let key = ""; !this.#stopped; ) {
      const last = edge.get(key, slice)?.["k"];
      const now = Math.round(nowMs());
      const command: Command =
        typeof last === "string" ? ["sweepCopies", key, last, now] : ["sweepCopiesToEnd", key, now];
      await disk.durable.write([command]);
      if (typeof last !== "string") return;
      key = last;
      await yieldLoop();
    }
  }

  /** Rows whose horizon has passed: no older copy can be alive anywhere. */
  async #forgetRows(): Promise<void> {
    const { disk, knowledge, nowMs, yieldLoop } = this.#options;
    const now = nowMs();
    for (let key = ""; !this.#stopped; ) {
      const rows = disk.rowsAfter(key, slice);
      const forgotten: LogPlace[] = [];
      for (const [rowKey, record] of rows) {
        const { set } = record.row;
        if (set !== null && set.value !== "" && record.goneAtMs <= now) {
          // That there was a set still decides against older ones; what it said is nobody's any more.
          disk.putRow(rowKey, { ...record, row: { ...record.row, set: { ...set, value: "" } } });
        }
        if (record.keepUntilMs > now || knowledge.pending.key(rowKey) !== undefined) continue;
        disk.putRow(rowKey, null);
        knowledge.unplaced.delete(rowKey);
        knowledge.rows -= 1;
        if (record.place.generation === this.#options.generation())
          forgotten.push({ member: `k:${rowKey}`, seq: record.place.seq });
      }
      await this.#forgetShared(forgotten);
      await disk.commit();
      const last = rows.at(-1);
      if (last === undefined || rows.length < slice) return;
      key = last[0];
      await yieldLoop();
    }
  }

  async #forgetBarriers(): Promise<void> {
    const { knowledge, nowMs } = this.#options;
    const over = [...knowledge.barriers.all].filter((barrier) => this.#isOver(barrier, nowMs()));
    for (const barrier of over) knowledge.barriers.drop(barrier.member);
    const here = over.filter((barrier) => barrier.place.generation === this.#options.generation());
    await this.#forgetShared(here.map(({ member, place }) => ({ member, seq: place.seq })));
  }

  #isOver(barrier: Barrier, now: number): boolean {
    return (
      barrier.swept &&
      barrier.keepUntilMs <= now &&
      this.#options.knowledge.pending.barrier(barrier.member) === undefined
    );
  }

  async #forgetShared(places: readonly LogPlace[]): Promise<void> {
    const { store, generation } = this.#options;
    const id = generation();
    if (store === null || id === null || places.length === 0) return;
    try {
      await store.forget(id, places);
    } catch {
      // They stay in the log a little longer; whoever sweeps next forgets them.
      return;
    }
  }

  /** Copies only: what is nearest to its end goes first, judged slice by slice. */
  async #evict(): Promise<void> {
    const { disk, maxBytes, yieldLoop, evicted } = this.#options;
    const size = disk.durable.reader(
      "SELECT (SELECT page_count FROM pragma_page_count) AS pages, (SELECT freelist_count FROM pragma_freelist_count) AS free, (SELECT page_size FROM pragma_page_size) AS size",
    );
    const held = (): number => {
      const { pages = 0, free = 0, size: page = 0 } = size.get() ?? {};
      return (Number(pages) - Number(free)) * Number(page);
    };
    const goal = maxBytes * 0.9;
    if (held() <= maxBytes) return;
    for (let key = ""; !this.#stopped && held() > goal; ) {
      const copies = disk.copiesAfter(key, afterEveryKey, slice);
      const doomed = copies
        .toSorted((left, right) => left.goneAtMs - right.goneAtMs)
        .slice(0, Math.ceil(copies.length / 2));
      for (const copy of doomed) disk.putCopy(copy.key, null);
      evicted(doomed.length);
      await disk.commit();
      const last = copies.at(-1);
      if (last === undefined) return;
      key = copies.length < slice ? "" : last.key;
      await yieldLoop();
    }
  }
}
