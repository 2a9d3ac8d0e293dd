import type { Disk } from "./disk/disk.js";
import { type HeldSet, heldSetOf } from "./disk/records.js";
import type { Knowledge } from "./replica/knowledge.js";

/** What the durable layer holds of a key and may be served: alive, not removed. The value is encoded. */
export interface Held {
  readonly kind: "copy" | "write";
  readonly value: string;
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
  readonly goneAtMs: number;
  readonly tags: readonly string[];
}

/**
 * What a key answers with: a live write, else the copy. `broken` is called for a copy that cannot be opened.
 */
export function heldOf(
  disk: Disk,
  knowledge: Knowledge,
  key: string,
  nowMs: number,
  broken: () => void,
): Held | null {
  return heldWrite(disk, knowledge, key, nowMs) ?? heldCopy(disk, knowledge, key, nowMs, broken);
}

/** The own set that is not published yet; else the published set, unless an own unpublished operation hides it. */
export function heldWrite(
  disk: Disk,
  knowledge: Knowledge,
  key: string,
  nowMs: number,
): Held | null {
  const own = knowledge.pending.key(key)?.set ?? null;
  if (own !== null && own.goneAtMs > nowMs) return asWrite(own);
  const set = heldSet(disk, knowledge, key);
  if (set === null || set.goneAtMs <= nowMs || knowledge.hidesSets(key, set.tags)) return null;
  return asWrite(set);
}

/** The published set; only a barrier that the disk is not yet rid of asks what its writer knew. */
function heldSet(disk: Disk, knowledge: Knowledge, key: string): HeldSet | null {
  const { barriers } = knowledge;
  if (barriers.unswept.length === 0) return disk.heldSet(key);
  const row = disk.row(key);
  const set = row?.row.set ?? null;
  return row === null || set === null || barriers.takesHeldSet(key, set) ? null : heldSetOf(row);
}

function asWrite({ value, storedAtMs, goneAtMs, tags }: HeldSet): Held {
  return { kind: "write", value, storedAtMs, freshUntilMs: goneAtMs, goneAtMs, tags };
}

function heldCopy(
  disk: Disk,
  knowledge: Knowledge,
  key: string,
  nowMs: number,
  broken: () => void,
): Held | null {
  const copy = disk.copy(key);
  if (copy === null || copy.goneAtMs <= nowMs) return null;
  if (knowledge.barriers.takesCopy(key, copy)) return null;
  const value = disk.open(key, copy.value);
  if (value === null) {
    broken();
    return null;
  }
  const { storedAtMs, freshUntilMs, goneAtMs, tags } = copy;
  return { kind: "copy", value, storedAtMs, freshUntilMs, goneAtMs, tags };
}
