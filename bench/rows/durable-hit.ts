import { type Cache, createCache } from "@holdfast/cache";
import { freePort, temporaryDirectory } from "@holdfast/testkit";
import { directLatenciesUs, latenciesUs } from "../harness/calls.js";
import { type Effort, scaled } from "../harness/effort.js";
import { fillCopies, fillWrites } from "../harness/fill.js";
import { atLeast, atMost, type Finding, multiple, timesFaster } from "../harness/finding.js";
import { median } from "../harness/quantile.js";
import { interleaved } from "../harness/rounds.js";
import { sampleKeys, sampleValue, shuffled } from "../harness/sample.js";
import { openBentoSqlite } from "../peers/bento-sqlite.js";
import { RawReads } from "../peers/raw-reads.js";

/** Keys that only the disk holds, each asked once, with Redis configured and away. */
export async function durableHit(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  const keys = sampleKeys(scaled(100_000, effort));
  RawReads.fill(directory.file("raw.sqlite"), keys, (index) => sampleValue(index));
  using raw = new RawReads(directory.file("raw.sqlite"));
  await using bento = await openBentoSqlite(directory.file("bento.sqlite"));
  await bento.fill(keys, (index) => sampleValue(index));
  const redis = `redis://127.0.0.1:${await freePort()}`;
  await using copies = await reopened(directory.file("copies"), redis, (cache) =>
    fillCopies(cache, keys),
  );
  await using writes = await reopened(directory.file("writes"), redis, (cache) =>
    fillWrites(cache, keys),
  );
  const calls = Math.floor(keys.length / (effort.rounds + 1));
  const order = shuffled(keys, 1);
  const of = (round: number, place: number): string => order[round * calls + place] ?? "";
  const figures = await interleaved(effort.rounds, {
    copies: async (round) =>
      median(await latenciesUs(calls, (place) => copies.get(of(round, place)))),
    writes: async (round) =>
      median(await latenciesUs(calls, (place) => writes.get(of(round, place)))),
    raw: async (round) => median(directLatenciesUs(calls, (place) => raw.get(of(round, place)))),
    bento: async (round) =>
      median(await latenciesUs(calls, (place) => bento.get(of(round, place)))),
  });
  const floor = { name: "raw SQLite get + parse", value: figures.raw, unit: "µs" } as const;
  const peer = { name: "BentoCache on SQLite", value: figures.bento, unit: "µs" } as const;
  const ofCopies = { value: figures.copies, unit: "µs" } as const;
  const ofWrites = { value: figures.writes, unit: "µs" } as const;
  return [
    multiple("copies, p50", ofCopies, floor, atMost(1.25)),
    timesFaster("copies, p50", ofCopies, peer, atLeast(4)),
    multiple("writes, p50", ofWrites, floor, atMost(1.25)),
    timesFaster("writes, p50", ofWrites, peer, atLeast(4)),
  ];
}

/** A cache that begins with a full disk and an empty memory. */
async function reopened(
  directory: string,
  redis: string,
  fill: (cache: Cache) => Promise<void>,
): Promise<Cache> {
  const before = createCache({ directory });
  await before.start();
  await fill(before);
  await before.stop();
  const cache = createCache({ directory, redis });
  await cache.start();
  return cache;
}
