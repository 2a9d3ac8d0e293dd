import { setTimeout as pause } from "node:timers/promises";
import { createCache } from "@holdfast/cache";
import { startRedis, temporaryDirectory } from "@holdfast/testkit";
import { latenciesUs } from "../harness/calls.js";
import { type Effort, scaled } from "../harness/effort.js";
import { atMost, type Finding } from "../harness/finding.js";
import { Program } from "../harness/program.js";
import { quantile } from "../harness/quantile.js";
import { sampleValue } from "../harness/sample.js";
import { until } from "../harness/until.js";

const restMs = 30;

/** From the call on one instance to the refusal by two others, each a process of its own. */
export async function removal(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  await using redis = await startRedis();
  await using cache = createCache({ directory: directory.file("a"), redis: redis.url });
  await cache.start();
  await using b = await Program.start("reader", directory.file("b"), redis.url);
  await using c = await Program.start("reader", directory.file("c"), redis.url);
  await until(() => cache.status().members.length === 3, "three instances know each other");
  const taken: number[] = [];
  const count = scaled(500, effort, 20);
  for (let index = 0; index < count; index += 1) {
    const key = `auth:user-${index}`;
    await cache.set(key, sampleValue(index), 3_600, { acknowledge: "all" });
    await Promise.all([b.ask(key), c.ask(key)]);
    // A removal does not follow at the heels of a set, whose traces are still being written everywhere.
    await pause(restMs);
    const refused = Promise.all([b.next(), c.next()]);
    const calledNs = process.hrtime.bigint();
    await cache.delete(key);
    for (const atNs of await refused) taken.push(Number(BigInt(String(atNs)) - calledNs) / 1e6);
  }
  const trips = await latenciesUs(count, () => redis.command("PING"));
  return [
    {
      what: "refused everywhere, p99",
      ours: { value: quantile(taken, 0.99), unit: "ms" },
      peer: { name: "Redis round trip, p99", value: quantile(trips, 0.99) / 1_000, unit: "ms" },
      measured: { value: quantile(taken, 0.99), unit: "ms" },
      bound: atMost(5),
    },
  ];
}
