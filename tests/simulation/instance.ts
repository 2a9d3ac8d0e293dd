import { type MemoryDurable, openMemoryDurable } from "@holdfast/sqlite/testing";
import { CacheCore } from "../../packages/cache/src/cache-core.js";
import type { Random } from "../../packages/cache/src/clock.js";
import { bareValues } from "../../packages/cache/src/disk/disk.js";
import { migrations, statements } from "../../packages/cache/src/disk/schema.js";
import { resolveOptions } from "../../packages/cache/src/options.js";
import type { GroundTruth } from "./ground-truth.js";
import { HeldDisk } from "./held-disk.js";
import { Knowing } from "./knowing.js";
import { Link } from "./link.js";
import type { Server } from "./server.js";
import type { Timers } from "./timers.js";

export const currencyMs = 2_000;

/** How a link treats what goes over it: `deaf` loses answers, `mute` loses requests. */
export type LinkManner = "sound" | "deaf" | "mute";

/** One run of an instance's program. */
export interface Life {
  readonly core: CacheCore;
  readonly link: Link;
  readonly disk: HeldDisk;
  /** Turns of the event loop that somebody waits for. */
  readonly yields: (() => void)[];
  /** Calls that have not come back. */
  waiting: number;
}

/** What an instance stands on. */
export interface InstanceSurroundings {
  readonly timers: Timers;
  readonly truth: GroundTruth;
  readonly random: Random;
  readonly order: "local-first" | "redis-first";
}

/** A cache over its runs: its disk, its clock, what happens to its process. */
export class Instance {
  readonly number: number;
  readonly knowing: Knowing;
  readonly wall = { jumpMs: 0 };
  life: Life | null = null;
  frozen = false;
  manner: LinkManner = "sound";
  /** Since when it has been on its present server. */
  attachedAtMs = 0;
  server: Server;
  readonly #surroundings: InstanceSurroundings;
  #disk: MemoryDurable = openMemoryDurable({ migrations, statements });

  constructor(number: number, server: Server, surroundings: InstanceSurroundings) {
    this.number = number;
    this.server = server;
    this.#surroundings = surroundings;
    this.knowing = new Knowing(surroundings.truth);
  }

  get name(): string {
    return `i${this.number}`;
  }

  /** Whether its program runs now. */
  get running(): boolean {
    return this.life !== null && !this.frozen;
  }

  start(): void {
    const { timers, random, order } = this.#surroundings;
    const disk = new HeldDisk(this.#disk);
    const link = new Link(this.server, () => timers.nowMs, this.knowing);
    const yields: (() => void)[] = [];
    const clock = timers.clockFor(this, this.wall);
    const sizes = { maxNegatives: 16, memoryMaxBytes: 1_048_576 };
    const options = resolveOptions({ directory: "-", currencyMs, order, clock, random, ...sizes });
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
    this.life = { core, link, disk, yields, waiting: 0 };
    this.attachedAtMs = timers.nowMs;
    void core.begin();
  }

  /** kill -9, with so many of the waiting commits on the disk. */
  crash(reached: number): void {
    const { life } = this;
    if (life === null) return;
    this.#end(life);
    this.#disk = life.disk.crash(reached);
    this.knowing.crashed();
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
