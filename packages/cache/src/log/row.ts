import type { Positions } from "./positions.js";
import { includes, mergeRemoved, type Removed } from "./removed.js";

/** Where something was first published; ordered by ordinal, then generation id, then seq. */
export interface At {
  readonly ordinal: number;
  readonly generation: string;
  readonly seq: number;
}

/** A published set. */
export interface RowSet {
  /** Encoded value. */
  readonly value: string;
  /** Server time in ms. */
  readonly expiresAtMs: number;
  readonly at: At;
  /** Every matching barrier that its writer knew at publication. */
  readonly knew: Positions;
  /** Decides between two sets; above that of every set that its writer had read. In µs, as far as clocks agree. */
  readonly stamp: number;
  readonly operation: string;
  readonly tags: readonly string[];
}

/**
 * What the log knows of a key: where it was removed, and the set that outlived that, if any. A set
 * stands beside every removal of the key that its writer knew, and beside no other.
 */
export interface Row {
  readonly removed: Removed;
  readonly set: RowSet | null;
  /** Server time in ms after which no older copy can be alive and the row may be forgotten. */
  readonly keepUntilMs: number;
}

/** A total order of publications. */
function compareAt(left: At, right: At): number {
  if (left.ordinal !== right.ordinal) return left.ordinal - right.ordinal;
  if (left.generation !== right.generation) return left.generation < right.generation ? -1 : 1;
  return left.seq - right.seq;
}

/** What two instances know of a key together. Commutative, associative and idempotent. */
export function mergeRows(left: Row, right: Row): Row {
  const removed = mergeRemoved(left.removed, right.removed);
  return {
    removed,
    set: survivor(left, right),
    keepUntilMs: Math.max(left.keepUntilMs, right.keepUntilMs),
  };
}

/** A set survives beside removals that its own row has; of two the newer one. */
function survivor(left: Row, right: Row): RowSet | null {
  const one = includes(left.removed, right.removed) ? left.set : null; // rule: knew
  const other = includes(right.removed, left.removed) ? right.set : null; // rule: knew
  if (one === null || other === null) return one ?? other;
  return compareSets(one, other) >= 0 ? one : other;
}

/**
 * Which of two sets is newer. A writer's stamp is above that of every set it had read, so that a set
 * which is published once more, because its maker forgot that it had been, replaces nothing after it.
 */
export function compareSets(left: RowSet, right: RowSet): number {
  if (left.stamp !== right.stamp) return left.stamp - right.stamp; // rule: stamp-before-place
  return compareAt(left.at, right.at) || right.expiresAtMs - left.expiresAtMs;
}

/**
 * What is left of a set that was removed by its tag: nothing that can be served, but what it had
 * replaced, and what has not that tag, must not come back in its place.
 */
export function emptied(set: RowSet): RowSet {
  return { ...set, value: "", expiresAtMs: 0 };
}

export function isEmptied(set: RowSet): boolean {
  return set.expiresAtMs === 0;
}

/** Whether two rows say the same, so that publishing one over the other changes nothing. */
export function sameRow(left: Row, right: Row): boolean {
  return (
    includes(left.removed, right.removed) &&
    includes(right.removed, left.removed) &&
    left.set?.operation === right.set?.operation &&
    left.set?.expiresAtMs === right.set?.expiresAtMs &&
    (left.set === null || right.set === null || compareAt(left.set.at, right.set.at) === 0)
  );
}
