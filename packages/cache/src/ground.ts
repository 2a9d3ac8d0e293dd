import type { Durable } from "@holdfast/sqlite";
import type { CoreParts } from "./core-parts.js";
import { Disk } from "./disk/disk.js";
import { Identity } from "./identity.js";
import { Layers } from "./layers.js";
import type { SharedStore } from "./log/shared-store.js";
import { MemoryLayer } from "./memory/memory-layer.js";
import { Counters } from "./metrics/counters.js";
import { Outlook } from "./outlook.js";
import { Alone } from "./replica/alone.js";
import type { Barrier } from "./replica/barriers.js";
import { Knowledge } from "./replica/knowledge.js";
import { LogLoop } from "./replica/log-loop.js";
import type { Yard } from "./replica/publication.js";
import { loadMemo, type Memo, saveMemo } from "./replica/standing.js";
import { Sweeper } from "./replica/sweeper.js";
import { SteadyClock } from "./steady.js";

/** Copies are written together, this long after the first of them. */
const copyDelayMs = 20;
const verifiedNote = "verified";

/** Disk, log and layers of a running cache, put together; what reads and writes stand on. */
export class Ground implements AsyncDisposable {
  readonly parts: CoreParts;
  readonly counters: Counters;
  readonly disk: Disk;
  readonly identity: Identity;
  readonly steady: SteadyClock;
  readonly memory: MemoryLayer;
  readonly knowledge: Knowledge;
  readonly layers: Layers;
  readonly loop: LogLoop | null;
  readonly alone: Alone | null;
  readonly outlook: Outlook;
  readonly #negatives: MemoryLayer;
  readonly #sweeper: Sweeper;
  readonly #sweeps = new Map<string, Promise<number>>();
  #kept = false;
  #lostAtMs = 0;
  #copyTimer: (() => void) | null = null;
  /** What the file held was older than the horizon. */
  #aged = false;

  constructor(parts: CoreParts) {
    const { durable, store, options, clock, random } = parts;
    this.parts = parts;
    this.counters = new Counters(Object.keys(options.namespaces));
    this.disk = new Disk(durable, parts.cover);
    this.identity = new Identity(this.disk, parts.home, random);
    this.steady = new SteadyClock(clock, this.identity.seenMs);
    this.identity.begin(() => this.steady.nowMs());
    this.memory = new MemoryLayer({ maxBytes: options.memoryMaxBytes });
    this.#negatives = new MemoryLayer({ maxEntries: options.maxNegatives });
    const memo = this.#firstMemo();
    this.#sweeper = new Sweeper(this.disk, () => this.knowledge, parts.yieldLoop);
    this.knowledge = this.#makeKnowledge();
    const lastVerifiedMs = this.#lastVerifiedMs(memo);
    for (let broken = 0; broken < this.knowledge.broken; broken += 1)
      this.counters.undecodable("pending");
    this.layers = this.#makeLayers();
    if (this.#aged) this.knowledge.dropPendingSets();
    this.loop = store === null ? null : this.#makeLoop(store, memo);
    const { memberId } = this.identity;
    this.alone =
      store === null
        ? new Alone(this.disk, this.knowledge, memberId, memo, () => this.#yard())
        : null;
    this.outlook = new Outlook({
      loop: this.loop,
      store,
      steady: this.steady,
      clock,
      options,
      lastVerifiedMs,
    });
    this.#rememberVerified();
    this.disk.whenLost((cause) => this.#lost(cause));
    for (const barrier of this.knowledge.barriers.unswept) this.#sweep(barrier);
  }

  /** Server time minus steady time, at the last contact. */
  get offsetMs(): number {
    return this.loop?.memo.offsetMs ?? 0;
  }

  /** The generation that is read; null before the first, and alone. */
  get generation(): string | null {
    return this.loop?.memo.generation?.id ?? null;
  }

  /** How many entries the barrier's last sweep removes from the disk; it has been in force before. */
  swept(member: string): Promise<number> {
    return this.#sweeps.get(member) ?? Promise.resolve(0);
  }

  /** Puts what the next run should know of this one: the time, and when the log was read last. */
  remember(): void {
    this.identity.seen(this.steady.nowMs());
    this.outlook.look();
    this.#rememberVerified();
    if (this.loop !== null) saveMemo(this.disk, this.loop.memento);
  }

  /** Goes over to another file in place of one that was given up. `home` tells it from a copy of it. */
  moveTo(durable: Durable, home: string): void {
    this.disk.moveTo(durable);
    this.knowledge.lostRows();
    this.knowledge.putAgain();
    this.identity.moved(home);
    this.alone?.remember();
    this.remember();
    this.disk.commit().catch(() => undefined);
  }

  /** Why the disk holds nothing any more, and since when; null where it holds what is known. */
  get diskLost(): { readonly sinceMs: number; readonly reason: string } | null {
    const reason = this.disk.lostBecause;
    return reason === null ? null : { sinceMs: this.#lostAtMs, reason };
  }

  /** Whether the disk had everything when all else had ended. */
  get kept(): boolean {
    return this.#kept;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#copyTimer?.();
    await this.#sweeper[Symbol.asyncDispose]();
    await this.loop?.[Symbol.asyncDispose]();
    this.remember();
    this.#kept = await this.disk.flush().then(
      () => true,
      () => false,
    );
  }

  #sweep(barrier: Barrier): void {
    const sweep = this.#sweeper.sweep(barrier.member);
    this.#sweeps.set(barrier.member, sweep);
    void sweep.then(() => {
      if (this.#sweeps.get(barrier.member) === sweep) this.#sweeps.delete(barrier.member);
      if (this.knowledge.widen(barrier.prefix) > 0) this.counters.widened();
    });
  }

  /** A copy waits for the disk: it goes with the next write, or shortly. */
  #dirtied(): void {
    if (this.disk.crowded) this.disk.commit().catch(() => undefined);
    if (this.#copyTimer !== null) return;
    this.#copyTimer = this.parts.clock.after(copyDelayMs, () => {
      this.#copyTimer = null;
      this.disk.commit().catch(() => undefined);
    });
  }

  #yard(): Yard {
    const { horizonMs } = this.parts.options;
    const sharedNowMs = this.steady.nowMs() + this.offsetMs;
    return {
      knowledge: this.knowledge,
      disk: this.disk,
      memberId: this.identity.memberId,
      horizonMs,
      sharedNowMs,
      offsetMs: this.offsetMs,
      reached: this.loop?.memo.reached ?? {},
      beyondDisk: null,
    };
  }

  /** What an earlier run left. Beyond the horizon removals may have been forgotten: only own ones are kept. */
  #firstMemo(): Memo {
    const memo = loadMemo(this.disk);
    const { store, options } = this.parts;
    const aged =
      memo.lastReadMs !== null && this.steady.startMs - memo.lastReadMs > options.horizonMs;
    if (store === null || !aged) return memo;
    this.disk.dropAll();
    this.#aged = true;
    this.parts.options.onEvent({ t: "horizon-passed", lastReadMs: memo.lastReadMs });
    // What was read of the log is gone with the rest: it is read again from its start.
    const fresh: Memo = { ...memo, cursor: 0, token: null, lastReadMs: null, said: true };
    saveMemo(this.disk, fresh);
    return fresh;
  }

  /** Where answers were never verified their time counts from the first start: no restart gives them more. */
  #lastVerifiedMs(memo: Memo): number {
    const note = this.disk.note(verifiedNote);
    return note === null ? (memo.lastReadMs ?? this.steady.startMs) : Number(note);
  }

  #rememberVerified(): void {
    this.disk.putNote(verifiedNote, String(this.outlook.watch.lastVerifiedMs));
  }

  /**
   * Memory has let go of whatever a removal took, so that it goes on being served; copies in Redis
   * could not be judged without the rows, nor anything published, until the log has been read again.
   */
  #lost(cause: unknown): void {
    this.counters.diskLost();
    this.#lostAtMs = this.parts.clock.wallMs();
    this.knowledge.lostRows();
    this.loop?.startOver();
    this.remember();
    this.disk.commit().catch(() => undefined);
    this.parts.options.onEvent({ t: "disk-lost", cause });
  }

  #failed(error: unknown): void {
    this.counters.redisError("log");
    this.outlook.failed(error);
  }

  #makeKnowledge(): Knowledge {
    const { store, options } = this.parts;
    return new Knowledge({
      disk: this.disk,
      memberId: this.identity.memberId,
      holders: {
        forget: (key) => this.layers.forget(key),
        sweep: (barrier) => this.#sweep(barrier),
      },
      times: {
        nowMs: () => this.steady.nowMs(),
        offsetMs: () => this.offsetMs,
        horizonMs: () => options.horizonMs,
      },
      firstVersion: this.identity.firstVersion,
      alone: store === null,
    });
  }

  #makeLayers(): Layers {
    const { store, options } = this.parts;
    return new Layers({
      disk: this.disk,
      knowledge: this.knowledge,
      store,
      memory: this.memory,
      negatives: this.#negatives,
      counters: this.counters,
      nowMs: () => this.steady.nowMs(),
      startMs: this.steady.startMs,
      position: () => ({
        generation: this.loop?.knowsWhatItRead === false ? null : this.generation,
        cursor: this.loop?.memo.cursor ?? 0,
        offsetMs: this.offsetMs,
      }),
      verified: () => this.outlook.verified(),
      servable: (key) => this.outlook.servable(key),
      copyOnRead: (key) => options.copyOnRead(key),
      dirtied: () => this.#dirtied(),
    });
  }

  #makeLoop(store: SharedStore, memo: Memo): LogLoop {
    const { options, clock, random, step } = this.parts;
    return new LogLoop({
      store,
      disk: this.disk,
      knowledge: this.knowledge,
      clock,
      random,
      memberId: this.identity.memberId,
      operationsFrom: this.identity.operationsFrom,
      currencyMs: options.currencyMs,
      horizonMs: options.horizonMs,
      steadyMs: () => this.steady.nowMs(),
      memo,
      events: {
        generation: ({ ordinal, id }, because) =>
          this.parts.options.onEvent({ t: "generation", ordinal, id, because }),
        read: () => this.identity.reconcile(),
        failed: (error) => this.#failed(error),
        undecodable: (member, cause) => {
          this.counters.undecodable(member);
          options.onEvent({ t: "unreadable", member, cause });
        },
      },
      step,
    });
  }
}
