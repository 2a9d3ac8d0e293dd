import { type MemoryDurable, openMemoryDurable } from "@holdfast/sqlite/testing";
import { CacheCore } from "../../packages/cache/src/cache-core.js";
import type { Random } from "../../packages/cache/src/clock.js";
import { migrations, statements } from "../../packages/cache/src/disk/schema.js";
import { bareValues } from "../../packages/cache/src/disk/value-cover.js";
import { resolveOptions } from "../../packages/cache/src/options.js";
import type { GroundTruth } from "./ground-truth.js";
import { HeldDisk } from "./held-disk.js";
import { Knowing } from "./knowing.js";
import { Link } from "./link.js";
import type { Server } from "./server.js";
import type { Timers } from "./timers.js";

export const currencyMs = 2_000;

/** How long answers of one namespace are given without being verified, where that is denied at all. */
const denyAfterMs = 3_000;
const deniedNamespace = "b";

/** How a link treats what goes over it: `deaf` loses answers, `mute` loses requests, `narrow` loses what is large. */
export type LinkManner = "sound" | "deaf" | "mute" | "narrow";

/** One run of an instance's program. */
export interface Life {
  readonly core: CacheCore;
  readonly link: Link;
  readonly disk: HeldDisk;
  /** Turns of the event loop that somebody waits for. */
  readonly yields: (() => void)[];
  /** Calls that have not come back. */
  waiting: number;
  /** It was told to end, and takes no more calls. */
  ending: boolean;
}

/** What an instance stands on. */
export interface InstanceSurroundings {
  readonly timers: Timers;
  readonly truth: GroundTruth;
  readonly random: Random;
  readonly order: "local-first" | "redis-first";
  readonly denies: boolean;
  readonly breaks: (guarantee: string, message: string) => void;
}

/** A cache over its runs: its disk, its clock, what happens to its process. */
export class Instance {
  readonly number: number;
  readonly knowing: Knowing;
  readonly wall = { jumpMs: 0 };
  life: Life | null = null;
  frozen = false;
  manner: LinkManner = "sound";
  /** Whether the disk takes nothing, from one run to the next. */
  diskFull = false;
  /** Since when it has been on its present server. */
  attachedAtMs = 0;
  startedAtMs = 0;
  server: Server;
  readonly #surroundings: InstanceSurroundings;
  #disk: MemoryDurable = openMemoryDurable({ migrations, statements });

  constructor(number: number, server: Server, surroundings: InstanceSurroundings) {
    this.number = number;
    this.server = server;
    this.#surroundings = surroundings;
    const { truth, breaks, timers } = surroundings;
    this.knowing = new Knowing(
      truth,
      ({ text }) => breaks("R5", `${this.name} founds a generation and does not know of ${text}`),
      () => timers.nowMs,
    );
  }

  get name(): string {
    return `i${this.number}`;
  }

  /** Whether its program runs now. */
  get running(): boolean {
    return this.life !== null && !this.frozen;
  }

  /** Whether it takes calls. */
  get serving(): boolean {
    return this.running && this.life?.ending === false;
  }

  start(): void {
    const { timers, random, order, denies } = this.#surroundings;
    const disk = new HeldDisk(this.#disk);
    disk.setFull(this.diskFull);
    const link = new Link(this.server, () => timers.nowMs, this.knowing);
    const yields: (() => void)[] = [];
    const clock = timers.clockFor(this, this.wall);
    const sizes = { maxNegatives: 16, memoryMaxBytes: 1_048_576 };
    const namespaces = denies ? { [deniedNamespace]: { whenUnverified: { denyAfterMs } } } : {};
    const options = resolveOptions({
      directory: "-",
      currencyMs,
      order,
      clock,
      random,
      namespaces,
      ...sizes,
    });
    const core = new CacheCore({
      durable: disk,
      store: link,
      options,
      clock,
      random,
      home: "home",
      slot: null,
      yieldLoop: () => new Promise((resolve) => yields.push(resolve)),
      cover: bareValues,
      step: () => undefined,
    });
    this.life = { core, link, disk, yields, waiting: 0, ending: false };
    this.attachedAtMs = timers.nowMs;
    this.startedAtMs = timers.nowMs;
    core.begin();
  }

  /** Whether what it gives of that key was to be denied by now, as nothing told it that it still stands. */
  mustDeny(key: string): boolean {
    const { denies, timers } = this.#surroundings;
    if (!denies || this.life === null || !key.startsWith(`${deniedNamespace}:`)) return false;
    const knownAtMs = Math.max(this.startedAtMs, this.life.link.readAtMs + currencyMs);
    return timers.nowMs - knownAtMs > denyAfterMs;
  }

  /** kill -9, with so many of the waiting commits on the disk. */
  crash(reached: number): void {
    const { life } = this;
    if (life === null) return;
    this.#end(life);
    this.#disk = life.disk.crash(reached);
    this.knowing.crashed();
  }

  /**
   * Ends its program in good order, which takes as long as its calls take. What the disk refused when
   * all was written counts as lost, though the disk takes more by the time the program is gone: no
   * disk knew it, and nobody was told that one did.
   */
  async stop(): Promise<void> {
    const { life } = this;
    if (life === null) return;
    life.ending = true;
    await life.core.drain(1_000);
    await life.core[Symbol.asyncDispose]();
    const flushed = keptAll(life.disk);
    await life.core.leave();
    if (this.life !== life) return;
    const kept = flushed && keptAll(life.disk);
    this.#end(life);
    this.#disk = life.disk.crash(life.disk.waiting);
    if (kept) this.knowing.ended();
    else this.knowing.crashed();
  }

  /** kill -9, and the disk is gone as well. */
  lose(): void {
    const { life } = this;
    if (life !== null) {
      this.#end(life);
      this.#disk = life.disk.lose();
    } else {
      this.#disk = this.#disk.lose();
    }
    this.knowing.lostDisk();
  }

  attach(server: Server): void {
    this.server = server;
    this.attachedAtMs = this.#surroundings.timers.nowMs;
    this.life?.link.switchTo(server);
  }

  /** Gives the disk back. */
  end(): void {
    if (this.life !== null) this.crash(0);
    void this.#disk.close();
  }

  #end(life: Life): void {
    life.link.abandon();
    this.#surroundings.timers.forget(this);
    this.life = null;
    this.frozen = false;
  }
}

/** Whether the last commit left nothing behind. */
function keptAll(disk: HeldDisk): boolean {
  return disk.waiting === 0 && disk.writeState().t === "writable";
}
