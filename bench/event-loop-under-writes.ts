import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { type Durable, openDurable } from "@holdfast/sqlite";

// Does the event loop stay free while the disk works? 64 setters wait for their commits one after
// the other, rows are swept and filled in again 100,000 at a time, and the log is copied into the
// file underneath.

/** How long the load is on. */
export interface EventLoopOptions {
  /** @default 30 */
  readonly seconds?: number;
}

/** Delays of the event loop in milliseconds; `floor` is that of the same process without load. */
export interface EventLoopFindings {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly floorP999Ms: number;
  readonly setsPerSecond: number;
  readonly sweptRows: number;
  readonly machine: string;
}

const setters = 64;
const sweptRows = 100_000;
const sliceRows = 200;
const resolutionMs = 1;
const value = "x".repeat(290);

const schema = {
  role: "copy",
  migrations: [
    {
      name: "values that expire",
      sql: "CREATE TABLE kv (k TEXT PRIMARY KEY, v TEXT NOT NULL, expired INTEGER NOT NULL) WITHOUT ROWID",
    },
  ],
  statements: {
    set: "INSERT OR REPLACE INTO kv VALUES (?, ?, 0)",
    grow: `INSERT OR REPLACE INTO kv WITH RECURSIVE n(i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1 + ?2 - 1)
      SELECT 'old:' || printf('%06d', i), ?3, 1 FROM n`,
    sweep:
      "DELETE FROM kv WHERE k IN (SELECT k FROM kv WHERE k >= 'old:' AND k < 'old;' AND expired = 1 LIMIT ?)",
  },
} as const;

/** Runs the load and tells how long the event loop was kept from its work. */
export async function run({ seconds = 30 }: EventLoopOptions = {}): Promise<EventLoopFindings> {
  const directory = await mkdtemp(join(tmpdir(), "holdfast-bench-"));
  try {
    await using durable = await openDurable({ ...schema, directory });
    await grow(durable);
    const floor = await watch(() => delay(2_000));
    const load = { on: true, sets: 0, swept: 0 };
    const started = performance.now();
    const loop = await watch(async () => {
      const work = [
        ...Array.from({ length: setters }, (_, n) => set(durable, load, n)),
        sweep(durable, load),
      ];
      await delay(seconds * 1_000);
      load.on = false;
      await Promise.all(work);
    });
    const tookSeconds = (performance.now() - started) / 1_000;
    return {
      p50Ms: lateness(loop, 50),
      p99Ms: lateness(loop, 99),
      p999Ms: lateness(loop, 99.9),
      maxMs: loop.max / 1e6 - resolutionMs,
      floorP999Ms: lateness(floor, 99.9),
      setsPerSecond: Math.round(load.sets / tookSeconds),
      sweptRows: load.swept,
      machine: `${cpus().length} x ${cpus()[0]?.model ?? "unknown"}, Node ${process.version}`,
    };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Load {
  on: boolean;
  sets: number;
  swept: number;
}

async function set(durable: Durable, load: Load, setter: number): Promise<void> {
  for (let n = 0; load.on; n += 1) {
    await durable.write([["set", `new:${setter}:${n % 1_000}`, `${value}${n}`]]);
    load.sets += 1;
  }
}

async function sweep(durable: Durable, load: Load): Promise<void> {
  while (load.on) {
    for (let row = 0; row < sweptRows && load.on; row += sliceRows) {
      await durable.write([["sweep", sliceRows]]);
      load.swept += sliceRows;
    }
    if (load.on) await grow(durable);
  }
}

async function grow(durable: Durable): Promise<void> {
  for (let row = 0; row < sweptRows; row += sliceRows) {
    await durable.write([["grow", row, sliceRows, value]]);
  }
}

async function watch(work: () => Promise<unknown>): Promise<IntervalHistogram> {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram;
}

/** The histogram counts from timer to timer; what is over the timer's own time is lateness. */
function lateness(histogram: IntervalHistogram, percentile: number): number {
  return Math.max(0, histogram.percentile(percentile) / 1e6 - resolutionMs);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const findings = await run({ seconds: Number(process.argv[2] ?? 30) });
  process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
}
