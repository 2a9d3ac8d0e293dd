import { setTimeout as pause } from "node:timers/promises";
import { type Cache, type Clock, createCache, systemClock } from "@holdfast/cache";
import { ArticleCache, articleRedisOptions, freePort, temporaryDirectory } from "@holdfast/testkit";
import { Redis } from "ioredis";
import { type Effort, scaled } from "../harness/effort.js";
import { fillCopies } from "../harness/fill.js";
import { absolute, atMost, type Figure, type Finding } from "../harness/finding.js";
import { loopStallMs } from "../harness/loop-stall.js";
import { interleaved } from "../harness/rounds.js";
import { sampleKeys, sampleValue } from "../harness/sample.js";
import { until } from "../harness/until.js";

/** The longest time for which the event loop stands still while 100,000 keys go. */
export async function loopStall(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  const keys = sampleKeys(scaled(100_000, effort));
  const hurried = new HurriedClock();
  await using cache = createCache({ directory: directory.file("ours"), clock: hurried });
  await cache.start();
  const article = new ArticleCache({
    redis: new Redis(`redis://127.0.0.1:${await freePort()}`, articleRedisOptions),
    prefix: "article:",
    path: directory.file("article.sqlite"),
  });
  await article.start();
  const figures = await interleaved(Math.min(5, effort.rounds), {
    invalidate: async () => {
      await refill(cache, keys);
      return loopStallMs(() => cache.delMatching("auth:*"));
    },
    sweep: async () => {
      await refill(cache, keys, 0.2);
      await pause(400);
      return loopStallMs(() => hurried.tidy());
    },
    article: async () => {
      for (const [index, key] of keys.entries()) await article.set(key, sampleValue(index), 3_600);
      return loopStallMs(() => article.delMatching("auth:*"));
    },
    idle: () => loopStallMs(() => pause(200)),
  });
  await article.stop();
  const peer = { name: "the article's class", value: figures.article, unit: "ms" } as const;
  const line = (what: string, value: number): Finding => ({
    ...absolute(what, { value, unit: "ms" }, atMost(10)),
    peer,
  });
  const idle: Figure = { value: figures.idle, unit: "ms" };
  return [
    line(`invalidate ${keys.length} keys`, figures.invalidate),
    line(`sweep ${keys.length} keys`, figures.sweep),
    { ...absolute("nothing at all, this machine", idle, { t: "none" }) },
  ];
}

async function refill(cache: Cache, keys: readonly string[], ttl?: number): Promise<void> {
  await fillCopies(cache, keys, ttl);
  await pause(100);
}

/** The machine's clock, on which a round of housekeeping can be called for. */
class HurriedClock implements Clock {
  #round: (() => void) | null = null;

  wallMs(): number {
    return systemClock.wallMs();
  }

  monotonicMs(): number {
    return systemClock.monotonicMs();
  }

  after(delayMs: number, callback: () => void): () => void {
    if (delayMs < 60_000) return systemClock.after(delayMs, callback);
    this.#round = callback;
    return () => {
      this.#round = null;
    };
  }

  /** One round; the next one is asked for when it is over. */
  async tidy(): Promise<void> {
    const round = this.#round;
    this.#round = null;
    round?.();
    await until(() => this.#round !== null, "housekeeping is over");
  }
}
