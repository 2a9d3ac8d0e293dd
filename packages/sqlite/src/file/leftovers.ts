import { readdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseUtcStamp } from "./utc-stamp.js";

/** How long the file of an older schema is kept beside its successor. */
const keptBeforeMs = 7 * 24 * 60 * 60 * 1_000;

/** Damaged copies that are kept to be looked at; a disk that damages one a day must not fill up with them. */
const keptDamaged = 3;

/** Removes what openings left beside a file and nobody needs any more. */
export function pruneLeftovers(path: string, nowMs: number): void {
  const directory = dirname(path);
  try {
    for (const name of expendable(readdirSync(directory), basename(path), nowMs)) {
      rmSync(join(directory, name), { force: true });
    }
  } catch {
    // A read-only disk keeps them; the next opening tries again.
  }
}

/** Which of the `names` beside the file `base` have had their time. */
export function expendable(names: readonly string[], base: string, nowMs: number): string[] {
  const outdated = names.filter((name) => {
    const stamp = name.startsWith(`${base}.before-`) ? name.split("-").at(-1) : undefined;
    const takenMs = stamp === undefined ? undefined : parseUtcStamp(stamp);
    return takenMs !== undefined && nowMs - takenMs > keptBeforeMs;
  });
  const damaged = names.filter((name) => name.startsWith(`${base}.damaged-`));
  const times = [...new Set(damaged.map(withoutWal))].toSorted();
  const old = times.slice(0, -keptDamaged);
  return [...outdated, ...damaged.filter((name) => old.includes(withoutWal(name)))];
}

function withoutWal(name: string): string {
  return name.replace(/-wal$/, "");
}
