import { existsSync, statSync } from "node:fs";
import { openRawDatabase } from "@holdfast/sqlite/testing";
import { eventually } from "../../wait/eventually.js";
import type { Hole } from "../hole.js";
import type { Lab } from "../lab.js";
import { loopStallMs } from "../loop-stall.js";
import { shiftedClock } from "../shifted-clock.js";
import type { HoleSubject } from "../subject.js";

const many = 40_000;

/** What many rows do to the event loop and to the disk. */
export const sizeHoles: readonly Hole[] = [
  {
    id: "H25a",
    title: `a removal that matches nothing among ${3 * many} rows`,
    async run(subject, lab) {
      const cache = await lab.open(subject);
      const stall = () => leastOf(5, () => loopStallMs(() => cache.delMatching("none:*z")));
      const emptyMs = await stall();
      for (const kind of ["auth", "net", "mac"]) await subject.fill(cache, keysOf(kind), 3_600);
      return { emptyMs, stallMs: await stall() };
    },
    bad: ({ emptyMs, stallMs }) => Number(stallMs) > 5 * Number(emptyMs),
    good: ({ stallMs }) => Number(stallMs) <= 5,
  },
  {
    id: "H25b",
    title: `a removal of ${many} rows`,
    run: (subject, lab) =>
      stallOfRemoval(subject, lab, (cache) => cache.delMatching("auth:*"), 3_600),
    bad: ({ stallMs }) => Number(stallMs) > 20,
    good: ({ stallMs, left }) => Number(stallMs) <= 20 && left === 0,
  },
  {
    id: "H26",
    title: `a sweep of ${many} expired rows`,
    run: (subject, lab) => stallOfRemoval(subject, lab, (cache) => cache.sweep(), 1),
    bad: ({ stallMs }) => Number(stallMs) > 20,
    good: ({ stallMs, left }) => Number(stallMs) <= 20 && left === 0,
  },
  {
    id: "H29",
    title: "a long reader during 6,000 writes",
    async run(subject, lab) {
      const directory = await lab.directory();
      const cache = await lab.open(subject, { directory });
      await cache.set("auth:first", "ALLOW", 60);
      const readers = subject.dataFiles(directory).map((path) => {
        const reader = openRawDatabase(path);
        reader.exec("BEGIN");
        reader.prepare("SELECT count(*) FROM sqlite_schema").get();
        return reader;
      });
      for (let round = 0; round < 12; round += 1) {
        const writes = Array.from({ length: 500 }, (_, index) =>
          cache.set(`auth:user-${index}`, `round ${round} `.repeat(30), 3_600),
        );
        await Promise.all(writes);
      }
      const during = walBytes(subject, directory);
      for (const reader of readers) reader.close();
      for (let index = 0; index < 50; index += 1) await cache.set(`auth:user-${index}`, "x", 3_600);
      const kept = 17_000_000;
      await eventually(() => walBytes(subject, directory) < kept, { withinMs: 3_000 }).catch(
        () => {},
      );
      return { duringMb: megabytes(during), afterMb: megabytes(walBytes(subject, directory)) };
    },
    bad: ({ afterMb }) => Number(afterMb) > 17,
    good: ({ afterMb }) => Number(afterMb) <= 17,
  },
  {
    id: "H27",
    title: `a file after everything in it expired`,
    async run(subject, lab) {
      const directory = await lab.directory();
      const clock = shiftedClock();
      const cache = await lab.open(subject, { directory, clock, sweepEveryMs: 200 });
      await subject.fill(cache, keysOf("auth"), 60);
      await eventually(() => fileBytes(subject, directory) > 5_000_000, { withinMs: 10_000 });
      const full = fileBytes(subject, directory);
      clock.advance(61_000);
      await cache.sweep();
      await eventually(() => fileBytes(subject, directory) < full / 4, { withinMs: 5_000 }).catch(
        () => undefined,
      );
      return { fullMb: megabytes(full), afterMb: megabytes(fileBytes(subject, directory)) };
    },
    bad: ({ fullMb, afterMb }) => Number(afterMb) >= Number(fullMb),
    good: ({ fullMb, afterMb }) => Number(afterMb) < Number(fullMb) / 4,
  },
];

function keysOf(kind: string): readonly string[] {
  return Array.from({ length: many }, (_, index) => `${kind}:user-${index}`);
}

async function stallOfRemoval(
  subject: HoleSubject,
  lab: Lab,
  remove: (cache: Awaited<ReturnType<HoleSubject["open"]>>) => Promise<unknown>,
  ttlSeconds: number,
): Promise<{ stallMs: number; left: number }> {
  let left = 0;
  const stallMs = await leastOf(3, async () => {
    const clock = shiftedClock();
    const cache = await lab.open(subject, { clock, sweepEveryMs: 60_000 });
    await subject.fill(cache, keysOf("auth"), ttlSeconds);
    if (ttlSeconds < 60) clock.advance(ttlSeconds * 1_000 + 1_000);
    const stalled = await loopStallMs(() => remove(cache));
    if ((await cache.get("auth:user-7")) !== null) left += 1;
    await cache.stop();
    return stalled;
  });
  return { stallMs, left };
}

/** The least of some measurements: what the machine's other work added is in the others. */
async function leastOf(times: number, measure: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time += 1) least = Math.min(least, await measure());
  return least;
}

function walBytes(subject: HoleSubject, directory: string): number {
  return bytesOf(subject.dataFiles(directory).map((path) => `${path}-wal`));
}

function fileBytes(subject: HoleSubject, directory: string): number {
  return bytesOf(subject.dataFiles(directory));
}

function bytesOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 100_000) / 10;
}
