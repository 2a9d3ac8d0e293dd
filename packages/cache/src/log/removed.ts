import type { Positions } from "./positions.js";

/**
 * Where a key or a barrier was removed: for each generation the last place and the operation that
 * stands there. A generation that is absent holds no removal.
 */
export type Removed = Readonly<Record<string, readonly [seq: number, operation: string]>>;

export const neverRemoved: Removed = Object.freeze({});

/** Whether all of it is known to somebody who knows everything up to those positions. */
export function knowsOf(knew: Positions, removed: Removed): boolean {
  for (const generation in removed) {
    if ((knew[generation] ?? 0) < seqIn(removed, generation)) return false; // rule: seq-per-generation
  }
  return true;
}

/** Whether `removed` holds every removal of `other`, or a later one of its generation. */
export function includes(removed: Removed, other: Removed): boolean {
  return addedTo(removed, other).length === 0;
}

/** Operations of `other` that come after everything in `removed`. */
export function addedTo(removed: Removed, other: Removed): string[] {
  const added: string[] = [];
  for (const generation in other) {
    const [seq, operation] = other[generation] ?? [0, ""];
    if (seqIn(removed, generation) < seq) added.push(operation); // rule: seq-per-generation
  }
  return added;
}

/** Whether the operation is one of the removals. */
export function holds(removed: Removed, operation: string): boolean {
  return Object.values(removed).some(([, known]) => known === operation);
}

/** The later of the two in every generation. */
export function mergeRemoved(left: Removed, right: Removed): Removed {
  let merged: Record<string, readonly [number, string]> | null = null;
  for (const generation in right) {
    const removal = right[generation];
    if (removal === undefined || removal[0] <= seqIn(left, generation)) continue;
    merged ??= { ...left };
    merged[generation] = removal;
  }
  return merged ?? left;
}

/** As `removed`, and once more at that place. */
export function withRemoval(
  removed: Removed,
  generation: string,
  seq: number,
  operation: string,
): Removed {
  if (seqIn(removed, generation) >= seq) return removed;
  return { ...removed, [generation]: [seq, operation] };
}

/** The places alone. */
export function positionsOf(removed: Removed): Positions {
  const positions: Record<string, number> = {};
  for (const generation in removed) positions[generation] = seqIn(removed, generation);
  return positions;
}

export function isRemoved(removed: Removed): boolean {
  for (const _ in removed) return true;
  return false;
}

function seqIn(removed: Removed, generation: string): number {
  return removed[generation]?.[0] ?? 0;
}
