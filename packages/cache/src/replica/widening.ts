import { nowhere } from "../disk/records.js";
import { isRemoved, mergeRemoved, neverRemoved } from "../log/removed.js";
import { commonPrefix, prefixGlob } from "../rules/prefix.js";
import { type Barrier, newBarrier } from "./barriers.js";

/**
 * One barrier that takes whatever the given ones took, and more: everything that begins as they all
 * do. It stands where the last of them stood, so it takes nothing that was written in knowledge of
 * them; the log does not hold it yet. Null where there is nothing to join, or one of them is not published yet.
 */
export function widened(barriers: readonly Barrier[], keepUntilMs: number): Barrier | null {
  if (barriers.length < 2 || barriers.some((barrier) => !isRemoved(barrier.removed))) return null;
  const prefix = commonPrefix(barriers.map((barrier) => barrier.prefix));
  let removed = neverRemoved;
  for (const barrier of barriers) removed = mergeRemoved(removed, barrier.removed);
  const last = barriers.reduce((left, right) => (left.version >= right.version ? left : right));
  return {
    ...newBarrier(
      `g:${prefixGlob(prefix)}`,
      Math.max(keepUntilMs, ...barriers.map((barrier) => barrier.keepUntilMs)),
    ),
    removed,
    version: last.version,
    swept: false,
    place: nowhere,
  };
}
