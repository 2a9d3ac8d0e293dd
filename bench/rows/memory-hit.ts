import { createCache } from "@holdfast/cache";
import { temporaryDirectory } from "@holdfast/testkit";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { LRUCache } from "lru-cache";
import { directLatenciesUs, latenciesUs } from "../harness/calls.js";
import { type Effort, scaled } from "../harness/effort.js";
import { fillCopies } from "../harness/fill.js";
import {
  absolute,
  atLeast,
  atMost,
  type Finding,
  timesFaster,
  unbounded,
} from "../harness/finding.js";
import { median } from "../harness/quantile.js";
import { interleaved } from "../harness/rounds.js";
import { sampleKeys, sampleValue, shuffled } from "../harness/sample.js";

/** Keys that memory holds, asked one after the other in random order. */
export async function memoryHit(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  const keys = sampleKeys(scaled(100_000, effort));
  await using cache = createCache({ directory: directory.path, memoryMaxBytes: 2 ** 30 });
  await cache.start();
  await fillCopies(cache, keys);
  const lru = new LRUCache<string, object>({ max: keys.length });
  for (const [index, key] of keys.entries()) lru.set(key, sampleValue(index));
  const bento = await bentoWith(keys, true);
  const bentoShared = await bentoWith(keys, false);
  const calls = scaled(20_000, effort, 1_000);
  const of = (round: number): readonly string[] => shuffled(keys, round).slice(0, calls);
  const figures = await interleaved(effort.rounds, {
    ours: async (round) => {
      const asked = of(round);
      return median(await latenciesUs(asked.length, (index) => cache.get(asked[index] ?? "")));
    },
    lru: async (round) => {
      const asked = of(round);
      return median(directLatenciesUs(asked.length, (index) => lru.get(asked[index] ?? "")));
    },
    bento: async (round) => {
      const asked = of(round);
      return median(
        await latenciesUs(asked.length, (index) => bento.get({ key: asked[index] ?? "" })),
      );
    },
    bentoShared: async (round) => {
      const asked = of(round);
      return median(
        await latenciesUs(asked.length, (index) => bentoShared.get({ key: asked[index] ?? "" })),
      );
    },
  });
  const ours = { value: figures.ours, unit: "µs" } as const;
  return [
    {
      ...absolute("p50", ours, atMost(2)),
      peer: { name: "lru-cache lookup", value: figures.lru, unit: "µs" },
    },
    timesFaster(
      "p50",
      ours,
      { name: "BentoCache, memory", value: figures.bento, unit: "µs" },
      atLeast(5),
    ),
    timesFaster(
      "p50",
      ours,
      { name: "BentoCache, memory, values not serialized", value: figures.bentoShared, unit: "µs" },
      unbounded,
    ),
  ];
}

async function bentoWith(
  keys: readonly string[],
  serialize: boolean,
): Promise<{ get(options: { key: string }): Promise<unknown> }> {
  const cache = new BentoCache({
    default: "store",
    stores: { store: bentostore().useL1Layer(memoryDriver({ maxItems: keys.length, serialize })) },
  });
  for (const [index, key] of keys.entries())
    await cache.set({ key, value: sampleValue(index), ttl: "6h" });
  return cache;
}
