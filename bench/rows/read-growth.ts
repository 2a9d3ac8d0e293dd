import { createCache } from "@holdfast/cache";
import { temporaryDirectory } from "@holdfast/testkit";
import { latenciesUs } from "../harness/calls.js";
import { type Effort, scaled } from "../harness/effort.js";
import { fillCopies } from "../harness/fill.js";
import { atMost, type Finding, multiple } from "../harness/finding.js";
import { median } from "../harness/quantile.js";
import { interleaved } from "../harness/rounds.js";
import { sampleKeys, shuffled } from "../harness/sample.js";

const few = 1_000;
/** Enough to have read nearly every inner page of the large file. */
const looks = 5_000;

/** What a read of the disk costs with a thousand keys in the file and with a million. */
export async function readGrowth(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  const many = scaled(1_000_000, effort, few);
  const [small, large] = [directory.file("small"), directory.file("large")];
  await filled(small, few);
  await filled(large, many);
  const figures = await interleaved(effort.rounds * 3, {
    few: (round) => readUs(small, few, round),
    many: (round) => readUs(large, many, round),
  });
  const floor = { name: `with ${few} keys`, value: figures.few, unit: "µs" } as const;
  const ours = { value: figures.many, unit: "µs" } as const;
  return [multiple(`read of the disk with ${many} keys, p50`, ours, floor, atMost(1.5))];
}

async function filled(directory: string, count: number): Promise<void> {
  const cache = createCache({ directory });
  await cache.start();
  await fillCopies(cache, sampleKeys(count));
  await cache.stop();
}

/**
 * Each time a cache that has nothing in memory yet, but for the inner pages of its file: looking at
 * other keys reads those, and takes nothing into memory.
 */
async function readUs(directory: string, count: number, round: number): Promise<number> {
  await using cache = createCache({ directory });
  await cache.start();
  for (let index = 0; index < looks; index += 1)
    await cache.peek(`auth:user-${(index * 7_919 + 1) % count}`);
  const step = Math.floor(count / few);
  const spread = Array.from({ length: few }, (_, index) => `auth:user-${index * step}`);
  const asked = shuffled(spread, round);
  const taken = await latenciesUs(asked.length, (index) => cache.get(asked[index] ?? ""));
  return median(taken);
}
