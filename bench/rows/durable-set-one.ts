import { type Cache, createCache } from "@holdfast/cache";
import { startRedis, temporaryDirectory } from "@holdfast/testkit";
import { directLatenciesUs, latenciesUs } from "../harness/calls.js";
import { type Effort, scaled } from "../harness/effort.js";
import { atMost, type Finding, multiple, unbounded } from "../harness/finding.js";
import { median } from "../harness/quantile.js";
import { interleaved } from "../harness/rounds.js";
import { sampleKeys, sampleValue } from "../harness/sample.js";
import { until } from "../harness/until.js";
import { RawCommit } from "../peers/raw-commit.js";

/** Sets by one caller, each answered when it is durable, beside one bare commit on the same disk. */
export async function durableSetOne(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  await using redis = await startRedis();
  await using alone = createCache({ directory: directory.file("alone") });
  await alone.start();
  await using shared = createCache({ directory: directory.file("shared"), redis: redis.url });
  await shared.start();
  await until(() => shared.status().redis.state === "up", "Redis is in use");
  using raw = new RawCommit(directory.file("raw.sqlite"));
  const keys = sampleKeys(10_000);
  const count = scaled(500, effort, 50);
  const key = (index: number): string => keys[(index * 7) % keys.length] ?? "";
  const setting = (cache: Cache) => async (round: number) =>
    median(
      await latenciesUs(count, (index) => cache.set(key(index), sampleValue(index, round), 3_600)),
    );
  const figures = await interleaved(effort.rounds, {
    alone: setting(alone),
    shared: setting(shared),
    raw: async (round) =>
      median(directLatenciesUs(count, (index) => raw.set(key(index), sampleValue(index, round)))),
  });
  const floor = { name: "one raw FULL commit", value: figures.raw, unit: "µs" } as const;
  return [
    multiple("alone, p50", { value: figures.alone, unit: "µs" }, floor, atMost(1.3)),
    multiple("with Redis, p50", { value: figures.shared, unit: "µs" }, floor, unbounded),
  ];
}
