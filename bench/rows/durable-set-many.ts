import { createCache } from "@holdfast/cache";
import {
  ArticleCache,
  articleRedisOptions,
  startRedis,
  temporaryDirectory,
} from "@holdfast/testkit";
import { BentoCache, bentostore } from "bentocache";
import { memoryDriver } from "bentocache/drivers/memory";
import { Redis } from "ioredis";
import { callsPerSecond } from "../harness/calls.js";
import { type Effort, scaled } from "../harness/effort.js";
import { atLeast, type Figure, type Finding } from "../harness/finding.js";
import { interleaved } from "../harness/rounds.js";
import { sampleKeys, sampleValue } from "../harness/sample.js";
import { until } from "../harness/until.js";
import { bentoBus } from "../peers/bento-bus.js";
import { bentoRedis } from "../peers/bento-redis.js";

const callers = 64;

/** Sets with Redis up, each answered when it is durable; a value is never the one before. */
export async function durableSetMany(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  await using redis = await startRedis();
  const keys = sampleKeys(scaled(10_000, effort));
  await using ours = createCache({ directory: directory.file("ours"), redis: redis.url });
  await ours.start();
  await until(() => ours.status().redis.state === "up", "Redis is in use");
  const article = new ArticleCache({
    redis: new Redis(redis.url, articleRedisOptions),
    prefix: "article:",
    path: directory.file("article.sqlite"),
  });
  await article.start();
  const bento = new BentoCache({
    default: "store",
    stores: {
      store: bentostore()
        .useL1Layer(memoryDriver({ maxItems: keys.length }))
        .useL2Layer(bentoRedis(redis.url, "bento"))
        .useBus(bentoBus(redis.url)),
    },
  });
  const count = scaled(10_000, effort, 500);
  const slow = scaled(4_000, effort, 300);
  const key = (index: number): string => keys[(index * 7) % keys.length] ?? "";
  const figures = await interleaved(effort.rounds, {
    ours: async (round) => {
      const figure = await callsPerSecond(callers, count, (index) =>
        ours.set(key(index), sampleValue(index, round), 3_600),
      );
      await until(() => ours.status().unpublished === 0, "everything is published");
      return figure;
    },
    article: (round) =>
      callsPerSecond(callers, slow, (index) =>
        article.set(key(index), sampleValue(index, round), 3_600),
      ),
    bento: (round) =>
      callsPerSecond(callers, count, (index) =>
        bento.set({ key: key(index), value: sampleValue(index, round), ttl: "1h" }),
      ),
  });
  await bento.disconnectAll();
  await article.stop();
  return [
    compared(figures.ours, "the article's class, NORMAL", figures.article, 5),
    compared(figures.ours, "BentoCache, memory, Redis and bus, not durable", figures.bento, 1),
  ];
}

function compared(ours: number, name: string, peer: number, least: number): Finding {
  const figure: Figure = { value: ours, unit: "/s" };
  return {
    what: `${callers} callers`,
    ours: figure,
    peer: { name, value: peer, unit: "/s" },
    measured: { value: ours / peer, unit: "×" },
    bound: atLeast(least),
  };
}
