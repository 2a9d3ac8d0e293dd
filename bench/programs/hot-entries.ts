import { setTimeout as pause } from "node:timers/promises";
import { createCache } from "@holdfast/cache";
import { ArticleCache, articleRedisOptions, freePort } from "@holdfast/testkit";
import { Redis } from "ioredis";
import { callsPerSecond } from "../harness/calls.js";
import { sampleKeys, sampleValue } from "../harness/sample.js";
import { serve } from "../harness/serve.js";

// Writes that many keys, reads them all, and tells the size of the process.
const [kind = "", directory = "", count = ""] = process.argv.slice(2);
const keys = sampleKeys(Number(count));
const opened = kind === "holdfast" ? await holdfast() : await article();
await callsPerSecond(64, keys.length, (index) =>
  opened.set(keys[index] ?? "", sampleValue(index), 3_600),
);
for (let round = 0; round < 2; round += 1)
  await callsPerSecond(64, keys.length, (index) => opened.get(keys[index] ?? ""));
await pause(500);
serve(async () => Math.round(process.memoryUsage().rss / 1e6));

interface Opened {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown, ttlSeconds: number): Promise<unknown>;
}

async function holdfast(): Promise<Opened> {
  const cache = createCache({ directory, memoryMaxBytes: 2 ** 30 });
  await cache.start();
  return cache;
}

async function article(): Promise<Opened> {
  const redis = new Redis(`redis://127.0.0.1:${await freePort()}`, articleRedisOptions);
  const cache = new ArticleCache({
    redis,
    prefix: "article:",
    path: `${directory}/article.sqlite`,
  });
  await cache.start();
  return cache;
}
