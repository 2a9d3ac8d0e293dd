import { afterEveryKey, type Disk } from "../disk/disk.js";
import type { Barrier } from "./barriers.js";
import type { Knowledge } from "./knowledge.js";

/** Keys looked at before the event loop gets its turn: about a millisecond of work. */
const slice = 128;

/** The keys that begin with the prefix lie between it and this. */
function endOf(prefix: string): string {
  return prefix === "" ? afterEveryKey : `${prefix}${afterEveryKey}`;
}

/**
 * Removes from the disk what barriers removed in memory already, slice by slice, one barrier after
 * the other. Until it has passed, reads ask the barrier themselves.
 */
export class Sweeper implements AsyncDisposable {
  readonly #disk: Disk;
  readonly #knowledge: () => Knowledge;
  readonly #yieldLoop: () => Promise<void>;
  readonly #queue: {
    readonly member: string;
    readonly done: (matched: number) => void;
    readonly matched: Promise<number>;
  }[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(disk: Disk, knowledge: () => Knowledge, yieldLoop: () => Promise<void>) {
    this.#disk = disk;
    this.#knowledge = knowledge;
    this.#yieldLoop = yieldLoop;
  }

  /** Sweeps for the barrier as it then stands; answers how many entries it removed. */
  sweep(member: string): Promise<number> {
    const queued = this.#queue.find((next) => next.member === member);
    if (queued !== undefined) return queued.matched;
    const { promise: matched, resolve: done } = deferred<number>();
    this.#queue.push({ member, done, matched });
    this.#running ??= this.#run();
    return matched;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    await this.#yieldLoop();
    for (;;) {
      const next = this.#queue.shift();
      if (next === undefined) break;
      // Where a sweep fails the barrier stays unswept, and reads go on asking it.
      next.done(this.#stopped ? 0 : await this.#sweepOne(next.member).catch(() => 0));
    }
    this.#running = null;
  }

  async #sweepOne(member: string): Promise<number> {
    const { barriers } = this.#knowledge();
    const barrier = barriers.get(member);
    if (barrier === undefined || barrier.swept) return 0;
    const matched = (await this.#sweepCopies(barrier)) + (await this.#sweepRows(barrier));
    const now = barriers.get(member);
    // It may have come into force once more meanwhile; then another sweep is on its way.
    if (!this.#stopped && now?.version === barrier.version && now.removed === barrier.removed) {
      barriers.put({ ...now, swept: true });
      await this.#commit();
    }
    return matched;
  }

  async #sweepCopies(barrier: Barrier): Promise<number> {
    let matched = 0;
    for (let key = floorOf(barrier); !this.#stopped; ) {
      const copies = this.#disk.copiesAfter(key, endOf(barrier.prefix), slice);
      for (const copy of copies) {
        const version = this.#disk.dirtyVersion(copy.key) ?? copy.version;
        if (version >= barrier.version || !barrier.matches(copy.key, copy.tags)) continue;
        this.#disk.putCopy(copy.key, null);
        matched += 1;
      }
      const last = copies.at(-1);
      if (last === undefined || copies.length < slice) break;
      key = last.key;
      await this.#pause();
    }
    await this.#commit();
    return matched;
  }

  async #sweepRows(barrier: Barrier): Promise<number> {
    let matched = 0;
    const end = endOf(barrier.prefix);
    for (const [key, record] of this.#disk.dirtyRows()) {
      const struck = this.#knowledge().strike(key, record, barrier);
      if (struck !== null) this.#disk.putRow(key, struck);
    }
    for (let key = floorOf(barrier); !this.#stopped; ) {
      const rows = this.#disk.rowsAfter(key, slice, end);
      for (const [rowKey, record] of rows) {
        const { set } = record.row;
        if (set === null || !barrier.matches(rowKey, set.tags)) continue;
        matched += 1;
        const struck = this.#knowledge().strike(rowKey, record, barrier);
        if (struck !== null) this.#disk.putRow(rowKey, struck);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < slice) break;
      key = last[0];
      await this.#pause();
    }
    await this.#commit();
    return matched;
  }

  async #pause(): Promise<void> {
    await this.#commit();
    await this.#yieldLoop();
  }

  /** What the disk refuses stays put; the barrier stays unswept on the disk and is swept after the next start. */
  async #commit(): Promise<void> {
    try {
      await this.#disk.commit();
    } catch {
      return;
    }
  }
}

/** The scan begins after this key; nothing that matches is at or before it except the prefix itself. */
function floorOf(barrier: Barrier): string {
  if (barrier.prefix === "") return "";
  return barrier.prefix.slice(0, -1);
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
