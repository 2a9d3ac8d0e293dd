import { createCache } from "@holdfast/cache";
import { type RedisServer, startRedis, temporaryDirectory } from "@holdfast/testkit";
import { Redis } from "ioredis";
import { type Effort, scaled } from "../harness/effort.js";
import { fillCopies, fillWrites } from "../harness/fill.js";
import { atMost, type Finding, multiple } from "../harness/finding.js";
import { sampleKeys, sampleValue } from "../harness/sample.js";
import { until } from "../harness/until.js";

/** What a key takes of Redis' memory, beside the same value under a plain SET. Servers are fresh. */
export async function redisBytes(effort: Effort): Promise<readonly Finding[]> {
  const keys = sampleKeys(scaled(20_000, effort, 1_000));
  const plain = await bytesPerKey(keys.length, async ({ url }) => {
    const redis = new Redis(url);
    for (const [index, key] of keys.entries())
      await redis.set(`holdfast:${key}`, JSON.stringify(sampleValue(index)), "EX", 3_600);
    redis.disconnect();
  });
  const copy = await bytesPerKey(keys.length, (redis) =>
    withCache(redis, keys.length, (cache) => fillCopies(cache, keys)),
  );
  const written = await bytesPerKey(keys.length, (redis) =>
    withCache(redis, keys.length, async (cache) => {
      await fillWrites(cache, keys);
      await until(() => cache.status().unpublished === 0, "everything is published");
    }),
  );
  const floor = { name: "plain SET", value: plain, unit: "B" } as const;
  return [
    multiple("a copy", { value: copy, unit: "B" }, floor, atMost(1.5)),
    multiple("a written key", { value: written, unit: "B" }, floor, atMost(2.5)),
  ];
}

async function bytesPerKey(
  count: number,
  fill: (redis: RedisServer) => Promise<void>,
): Promise<number> {
  await using redis = await startRedis();
  const before = await usedBytes(redis);
  await fill(redis);
  return ((await usedBytes(redis)) - before) / count;
}

/** Without the buffers of links, which come and go. */
async function usedBytes(redis: RedisServer): Promise<number> {
  const memory = await redis.info("memory");
  const field = (name: string): number =>
    Number(new RegExp(`^${name}:(\\d+)`, "m").exec(memory)?.[1] ?? 0);
  return field("used_memory") - field("mem_clients_normal");
}

async function withCache(
  redis: RedisServer,
  count: number,
  work: (cache: ReturnType<typeof createCache>) => Promise<void>,
): Promise<void> {
  await using directory = await temporaryDirectory();
  await using cache = createCache({ directory: directory.path, redis: redis.url });
  await cache.start();
  await until(() => cache.status().currency === "verified", "answers are verified");
  await work(cache);
  const size = async (): Promise<number> => Number(await redis.command("DBSIZE"));
  await until(async () => (await size()) >= Math.min(count, 5), "Redis has it");
}
