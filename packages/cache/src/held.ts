import type { Disk } from "./disk/disk.js";
import type { Place } from "./disk/records.js";
import type { Knowledge } from "./replica/knowledge.js";

/** What the durable layer holds of a key and may be served: alive, not removed. The value is encoded. */
export interface Held {
  readonly kind: "copy" | "write";
  readonly value: string;
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
  readonly goneAtMs: number;
  readonly tags: readonly string[];
  /** Where the log holds it; null for a copy and for what is not published. */
  readonly place: Place | null;
}

/**
 * What a key answers with: the own set that is not published yet; else the published set, unless an
 * own unpublished operation hides it; else the copy. `broken` is called for a copy that cannot be opened.
 */
export function heldOf(
  disk: Disk,
  knowledge: Knowledge,
  key: string,
  nowMs: number,
  broken: () => void,
): Held | null {
  const own = knowledge.pending.key(key)?.set ?? null;
  if (own !== null && own.goneAtMs > nowMs) {
    return {
      kind: "write",
      value: own.value,
      storedAtMs: own.storedAtMs,
      freshUntilMs: own.goneAtMs,
      goneAtMs: own.goneAtMs,
      tags: own.tags,
      place: null,
    };
  }
  const row = disk.row(key);
  const set = row?.row.set ?? null;
  if (
    row !== null &&
    set !== null &&
    row.goneAtMs > nowMs &&
    !knowledge.hidesSets(key, set.tags) &&
    !knowledge.barriers.takesHeldSet(key, set)
  ) {
    const { storedAtMs, goneAtMs, place } = row;
    return {
      kind: "write",
      value: set.value,
      storedAtMs,
      freshUntilMs: goneAtMs,
      goneAtMs,
      tags: set.tags,
      place,
    };
  }
  const copy = disk.copy(key);
  if (
    copy === null ||
    copy.goneAtMs <= nowMs ||
    knowledge.barriers.takesCopy(key, copy.version, copy.tags)
  )
    return null;
  const value = disk.open(key, copy.value);
  if (value === null) {
    broken();
    return null;
  }
  const { storedAtMs, freshUntilMs, goneAtMs, tags } = copy;
  return { kind: "copy", value, storedAtMs, freshUntilMs, goneAtMs, tags, place: null };
}
