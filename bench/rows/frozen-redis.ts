import { setTimeout as pause } from "node:timers/promises";
import { createCache } from "@holdfast/cache";
import { startRedis, temporaryDirectory } from "@holdfast/testkit";
import { type Effort, scaled } from "../harness/effort.js";
import { fillCopies } from "../harness/fill.js";
import { absolute, atLeast, atMost, type Finding } from "../harness/finding.js";
import { openLoop } from "../harness/open-loop.js";
import { median, quantile } from "../harness/quantile.js";
import { randomOf, sampleKeys, sampleValue } from "../harness/sample.js";
import { until } from "../harness/until.js";

const getsPerSecond = 500;
const setsPerSecond = 50;

/** An open loop of reads and writes while Redis holds its links and answers nothing. */
export async function frozenRedis(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  await using redis = await startRedis();
  const keys = sampleKeys(scaled(20_000, effort));
  // Memory holds a part of them, the others are read from the disk.
  const options = { directory: directory.path, redis: redis.url, memoryMaxBytes: 4 * 2 ** 20 };
  await using cache = createCache(options);
  await cache.start();
  await until(() => cache.status().currency === "verified", "answers are verified");
  await fillCopies(cache, keys);
  const random = randomOf(7);
  const any = (): string => keys[Math.floor(random() * keys.length)] ?? "";
  const rounds = Math.max(1, Math.ceil(effort.rounds / 2));
  const durationMs = effort.scale < 1 ? 1_000 : 5_000;
  const [gets, sets]: [number[], number[]] = [[], []];
  let [answered, asked] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    redis.freeze();
    try {
      const [reads, writes] = await Promise.all([
        openLoop(getsPerSecond, durationMs, async () => (await cache.get(any())) !== null),
        openLoop(setsPerSecond, durationMs, async (index) => {
          const receipt = await cache.set(any(), sampleValue(index, round + 1), 3_600);
          return receipt.acknowledged === "durable";
        }),
      ]);
      gets.push(quantile(reads.latenciesMs, 0.99));
      sets.push(quantile(writes.latenciesMs, 0.99));
      answered += reads.good + writes.good;
      asked += reads.asked + writes.asked;
    } finally {
      redis.thaw();
    }
    await until(() => cache.status().currency === "verified", "answers are verified again");
    await pause(200);
  }
  return [
    absolute(
      "answered within the fault",
      { value: (100 * answered) / asked, unit: "%" },
      atLeast(100),
    ),
    absolute("get, p99", { value: median(gets), unit: "ms" }, atMost(5)),
    absolute("set, p99", { value: median(sets), unit: "ms" }, atMost(5)),
  ];
}
