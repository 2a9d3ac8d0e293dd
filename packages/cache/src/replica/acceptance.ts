import type { Disk } from "../disk/disk.js";
import type { SharedCopy } from "../log/copy-wire.js";
import type { Knowledge } from "./knowledge.js";

/**
 * Whether a copy from the shared store may be taken: its load began at or past the place that every
 * removal of the key, and every matching barrier, has in this generation's log, and no removal known
 * here is missing from that log.
 */
export function acceptsCopy(
  knowledge: Knowledge,
  disk: Disk,
  generation: string,
  key: string,
  copy: SharedCopy,
): boolean {
  if (knowledge.pending.key(key) !== undefined) return false; // rule: refuse-beside-pending
  const row = disk.row(key);
  if (row !== null && row.place.generation !== generation) return false; // rule: refuse-beside-unplaced
  if (row !== null && copy.asOf < row.place.seq) return false; // rule: as-of
  for (const barrier of knowledge.barriers.matching(key, copy.tags)) {
    if (knowledge.pending.barrier(barrier.member) !== undefined) return false; // rule: refuse-beside-pending
    if (barrier.place.generation !== generation) return false; // rule: refuse-beside-unplaced
    if (copy.asOf < barrier.place.seq) return false; // rule: as-of
  }
  return true;
}
