import { monitorEventLoopDelay } from "node:perf_hooks";
import { createCache } from "@holdfast/cache";
import { temporaryDirectory } from "@holdfast/testkit";
import { run as underWrites } from "../event-loop-under-writes.js";
import type { Effort } from "../harness/effort.js";
import { fillCopies } from "../harness/fill.js";
import { absolute, atMost, type Finding, unbounded } from "../harness/finding.js";
import { sampleKeys, sampleValue } from "../harness/sample.js";

const setters = 64;
const sweptRows = 100_000;
/** What a timer of that resolution is late by itself. */
const resolutionMs = 1;

/** The event loop under 64 setters, with 100,000 rows being swept and the log going into the file. */
export async function eventLoop(effort: Effort): Promise<readonly Finding[]> {
  const durationMs = effort.scale < 1 ? 2_000 : 30_000;
  const ground = await underWrites({ seconds: durationMs / 1_000 });
  const idle = { name: "without load", value: ground.floorP999Ms, unit: "ms" } as const;
  const cache = await underCache(durationMs, Math.round(sweptRows * Math.min(1, effort.scale)));
  const late = { value: ground.p999Ms, unit: "ms" } as const;
  return [
    { ...absolute("a durable file, delay p99.9", late, atMost(10)), peer: idle },
    absolute("the cache over it, delay p99.9", { value: cache, unit: "ms" }, unbounded),
  ];
}

async function underCache(durationMs: number, rows: number): Promise<number> {
  await using directory = await temporaryDirectory();
  await using cache = createCache({ directory: directory.path });
  await cache.start();
  await fillCopies(cache, sampleKeys(rows));
  return await delayUnder(durationMs, {
    set: (index) => cache.set(`net:host-${index % 20_000}`, sampleValue(index, index), 3_600),
    sweep: () => cache.delMatching("auth:*"),
  });
}

interface Load {
  set(index: number): Promise<unknown>;
  sweep(): Promise<unknown>;
}

/** The delay that 0.1 % of the event loop's turns exceed while the load runs. */
async function delayUnder(durationMs: number, load: Load): Promise<number> {
  let going = true;
  let index = 0;
  const setter = async (): Promise<void> => {
    while (going) {
      index += 1;
      await load.set(index);
    }
  };
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  const work = Promise.all([...Array.from({ length: setters }, setter), load.sweep()]);
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, durationMs));
  delay.disable();
  going = false;
  await work;
  return delay.percentile(99.9) / 1e6 - resolutionMs;
}
