/**
 * Places in the log, one per generation: generation id to seq. A generation that is absent counts
 * as 0. Positions compare component by component; there is no order between generations here.
 */
export type Positions = Readonly<Record<string, number>>;

export const noPositions: Positions = Object.freeze({});

/** Whether everything in `other` is at or before its component here. */
export function covers(positions: Positions, other: Positions): boolean {
  for (const generation in other) {
    if ((positions[generation] ?? 0) < (other[generation] ?? 0)) return false;
  }
  return true;
}

/** The larger of the two in every component. */
export function mergePositions(left: Positions, right: Positions): Positions {
  if (covers(left, right)) return left;
  if (covers(right, left)) return right;
  const merged: Record<string, number> = { ...left };
  for (const generation in right) {
    merged[generation] = Math.max(merged[generation] ?? 0, right[generation] ?? 0);
  }
  return merged;
}
