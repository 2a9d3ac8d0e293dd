import { existsSync, statSync } from "node:fs";
import { openRawDatabase } from "@holdfast/sqlite/testing";
import { eventually } from "../../wait/eventually.js";
import type { Hole, Outcome } from "../hole.js";
import type { Lab } from "../lab.js";
import { loopStallMs } from "../loop-stall.js";
import { loopTurns } from "../loop-turns.js";
import { shiftedClock } from "../shifted-clock.js";
import type { HoleCache, HoleSubject } from "../subject.js";

const many = 40_000;

/** What many rows do to the event loop and to the disk. */
export const sizeHoles: readonly Hole[] = [
  {
    id: "H25a",
    title: `a removal that matches nothing among ${3 * many} rows`,
    async run(subject, lab) {
      const directory = await lab.directory();
      const cache = await lab.open(subject, { directory });
      const stall = () => leastOf(5, () => loopStallMs(() => cache.delMatching("none:*z")));
      const emptyMs = await stall();
      for (const kind of ["auth", "net", "mac"]) await subject.fill(cache, keysOf(kind), 3_600);
      await stored(subject, directory, 3 * many);
      return { emptyMs, stallMs: await stall() };
    },
    bad: ({ emptyMs, stallMs }) => Number(stallMs) > 5 * Math.max(1, Number(emptyMs)),
    good: ({ stallMs }) => Number(stallMs) <= 5,
  },
  {
    id: "H25b",
    title: `a removal of ${many} rows`,
    run: (subject, lab) => removal(subject, lab, (cache) => cache.delMatching("auth:*"), 3_600),
    bad: ({ turns, left }) => Number(turns) < 10 && left === 0,
    good: ({ turns, left }) => Number(turns) > 30 && left === 0,
  },
  {
    id: "H26",
    title: `a sweep of ${many} expired rows`,
    run: (subject, lab) => removal(subject, lab, (cache) => cache.sweep(), 60),
    bad: ({ turns, left }) => Number(turns) < 10 && left === 0,
    good: ({ turns, left }) => Number(turns) > 30 && left === 0,
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
    title: "a file after everything in it expired",
    async run(subject, lab) {
      const directory = await lab.directory();
      const clock = shiftedClock();
      const cache = await lab.open(subject, { directory, clock, sweepEveryMs: 200 });
      await subject.fill(cache, keysOf("auth"), 60);
      await stored(subject, directory, many);
      const full = pagesBytes(subject, directory);
      clock.advance(61_000);
      // It may give space back in portions.
      for (let round = 0; round < 5; round += 1) await cache.sweep();
      await cache.stop();
      return { fullMb: megabytes(full), afterMb: megabytes(fileBytes(subject, directory)) };
    },
    bad: ({ fullMb, afterMb }) => Number(afterMb) >= Number(fullMb),
    good: ({ fullMb, afterMb }) => Number(afterMb) < Number(fullMb) / 4,
  },
];

function keysOf(kind: string): readonly string[] {
  return Array.from({ length: many }, (_, index) => `${kind}:user-${index}`);
}

async function removal(
  subject: HoleSubject,
  lab: Lab,
  remove: (cache: HoleCache) => Promise<unknown>,
  ttlSeconds: number,
): Promise<Outcome> {
  const directory = await lab.directory();
  const clock = shiftedClock();
  const cache = await lab.open(subject, { directory, clock });
  await subject.fill(cache, keysOf("auth"), ttlSeconds);
  await stored(subject, directory, many);
  if (ttlSeconds < 3_600) clock.advance(ttlSeconds * 1_000 + 1_000);
  const { turns, stallMs } = await loopTurns(() => remove(cache));
  return { turns, stallMs, left: subject.rows(directory) };
}

/** Resolves once the files hold so many values: some caches take them to the disk a little later. */
async function stored(subject: HoleSubject, directory: string, count: number): Promise<void> {
  await eventually(() => subject.rows(directory) === count, { withinMs: 30_000, everyMs: 50 });
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

/** What the files come to once everything in their write-ahead logs has been moved into them. */
function pagesBytes(subject: HoleSubject, directory: string): number {
  return subject.dataFiles(directory).reduce((sum, path) => {
    using db = openRawDatabase(path);
    const pages = Number(db.prepare("PRAGMA page_count").get()?.["page_count"]);
    return sum + pages * Number(db.prepare("PRAGMA page_size").get()?.["page_size"]);
  }, 0);
}

function bytesOf(paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + (existsSync(path) ? statSync(path).size : 0), 0);
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 100_000) / 10;
}
