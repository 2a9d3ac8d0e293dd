import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type Cache, type Clock, createCache, systemClock } from "@holdfast/cache";
import { cacheNamespaces } from "../options.js";

/** The machine's clock, moved on by hand as well. */
class ShiftedClock implements Clock {
  #shiftMs = 0;

  pass(ms: number): void {
    this.#shiftMs += ms;
  }

  wallMs(): number {
    return systemClock.wallMs() + this.#shiftMs;
  }

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#shiftMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    return systemClock.after(delayMs, callback);
  }
}

/** A cache on a disk of its own that can be ended and opened again. */
export class RealCache {
  readonly clock = new ShiftedClock();
  readonly directory: string;
  cache: Cache;

  static async start(t: TestContext): Promise<RealCache> {
    const real = new RealCache();
    await real.cache.start();
    t.after(async () => {
      await real.cache.stop();
      rmSync(real.directory, { recursive: true, force: true });
    });
    return real;
  }

  private constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "holdfast-decisions-"));
    this.cache = this.#open();
  }

  async restart(): Promise<Cache> {
    await this.cache.stop();
    this.cache = this.#open();
    await this.cache.start();
    return this.cache;
  }

  #open(): Cache {
    const { directory, clock } = this;
    return createCache({ directory, clock, namespaces: cacheNamespaces });
  }
}
