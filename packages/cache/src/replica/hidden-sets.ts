import type { Barriers } from "./barriers.js";
import type { Pending } from "./pending.js";

/** Whether an own unpublished operation hides published sets of the key. */
export function hidesSets(
  pending: Pending,
  barriers: Barriers,
  key: string,
  tags: readonly string[],
): boolean {
  if (pending.key(key) !== undefined) return true; // rule: held-sets
  if (isHiddenByBarrier(pending, barriers, key, tags)) return true; // rule: held-sets
  return false;
}

/** Whether an own unpublished barrier does. */
export function isHiddenByBarrier(
  pending: Pending,
  barriers: Barriers,
  key: string,
  tags: readonly string[],
): boolean {
  if (!pending.hasBarriers) return false;
  for (const { member } of pending.barriers) {
    if (barriers.get(member)?.matches(key, tags) === true) return true;
  }
  return false;
}
