import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { syncDirectory } from "./sync-directory.js";
import { utcStamp } from "./utc-stamp.js";

/** Moves a damaged file and its log out of the way, where they can be looked at; returns its new path. */
export function moveAside(path: string, nowMs: number): string {
  const target = freeName(`${path}.damaged-${utcStamp(nowMs)}`);
  // The log first: a main file without it would be taken for a whole one.
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${target}-wal`);
  rmSync(`${path}-shm`, { force: true });
  renameSync(path, target);
  syncDirectory(dirname(path));
  return target;
}

function freeName(wanted: string): string {
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 ? wanted : `${wanted}-${attempt}`;
    if (!existsSync(name)) return name;
  }
}
