import type { Place } from "../disk/records.js";
import { nowhere } from "../disk/records.js";
import { isRemoved, mergeRemoved, neverRemoved } from "../log/removed.js";
import { commonPrefix, prefixGlob } from "../rules/prefix.js";
import { type Barrier, newBarrier } from "./barriers.js";

/**
 * One barrier that takes whatever the given ones took, and more: everything that begins as they all
 * do. It stands where the last of them stood, so it takes nothing that was written in knowledge of
 * them. Null where there is nothing to join, or one of them is not published yet.
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
    swept: true,
    place: lastPlace(barriers),
  };
}

/** The furthest of their places, if the present log holds them all. */
function lastPlace(barriers: readonly Barrier[]): Place {
  const [first, ...rest] = barriers.map((barrier) => barrier.place);
  if (first === undefined) return nowhere;
  let furthest: Place = first;
  for (const place of rest) {
    if (place.generation !== first.generation) return nowhere;
    if (place.seq > furthest.seq) furthest = place;
  }
  return furthest;
}
