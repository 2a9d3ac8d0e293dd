import { createCache } from "@holdfast/cache";
import { startRedis, temporaryDirectory } from "@holdfast/testkit";
import { type Effort, scaled } from "../harness/effort.js";
import { fillWrites } from "../harness/fill.js";
import { absolute, atLeast, atMost, type Finding } from "../harness/finding.js";
import { median } from "../harness/quantile.js";
import { sampleKeys } from "../harness/sample.js";
import { until } from "../harness/until.js";

/** Redis is killed, written past, and comes back empty. */
export async function redisBack(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  await using redis = await startRedis();
  await using cache = createCache({ directory: directory.path, redis: redis.url });
  await cache.start();
  await until(() => cache.status().redis.state === "up", "Redis is in use");
  const [usedMs, perSecond]: [number[], number[]] = [[], []];
  const count = scaled(20_000, effort, 1_000);
  for (let round = 0; round < Math.min(5, effort.rounds); round += 1) {
    const keys = sampleKeys(count).map((key) => `${key}-${round}`);
    await redis.kill();
    await until(() => cache.status().redis.state === "down", "the loss is known");
    await fillWrites(cache, keys);
    await redis.restart();
    const back = performance.now();
    await until(() => cache.status().redis.state === "up", "Redis is in use again");
    const used = performance.now();
    const waiting = cache.status().unpublished;
    await until(() => cache.status().unpublished === 0, "everything is published");
    usedMs.push(used - back);
    perSecond.push(waiting / ((performance.now() - used) / 1_000));
  }
  return [
    absolute("back to in use", { value: median(usedMs), unit: "ms" }, atMost(1_000)),
    absolute(
      "unpublished writes drained",
      { value: median(perSecond), unit: "/s" },
      atLeast(10_000),
    ),
  ];
}
