import type { Disk } from "../disk/disk.js";
import { mergePositions, type Positions } from "../log/positions.js";
import { neverRemoved, withRemoval } from "../log/removed.js";
import type { At, Row } from "../log/row.js";
import { draftOf, encodeDraft, type RowDraft, type SetDraft } from "../log/row-wire.js";
import type { Generation, PublishOperation } from "../log/shared-store.js";
import type { Barrier } from "./barriers.js";
import type { Knowledge } from "./knowledge.js";
import type { PendingBarrier, PendingKey, PendingSet } from "./pending.js";

/** One operation on its way to the log, and what to do with the place it is given. */
export interface Shipment {
  readonly operation: PublishOperation;
  /** Called with the place; seq 0: the log had it before, at a place that the next read shows. */
  readonly landed: (at: At) => void;
}

/** What a shipment is made from. */
export interface Yard {
  readonly knowledge: Knowledge;
  readonly disk: Disk;
  readonly memberId: string;
  readonly horizonMs: number;
  /** Server time as well as it is known. */
  readonly sharedNowMs: number;
  /** Server time minus steady time. */
  readonly offsetMs: number;
  /** For each generation, the seq up to which everything was read. */
  readonly reached: Positions;
  /** Up to where the log was read, while the disk refuses some of that; null: it has it all. */
  readonly beyondDisk: At | null;
}

/** An own operation as the log is to carry it. */
export function shipPending(yard: Yard, item: PendingKey | PendingBarrier): Shipment {
  const token = `${yard.memberId}.${item.number}`;
  if (item.t === "barrier") return shipBarrier(yard, item, token);
  const draft = draftPending(yard, item);
  return {
    operation: {
      member: `k:${item.key}`,
      barrier: false,
      token,
      row: encodeDraft(draft),
      operation: item.number,
    },
    landed: (at) => {
      if (at.seq > 0) yard.knowledge.publishedKey(item, landedRow(draft, at), at);
    },
  };
}

/** A row that is known already, for a generation that does not hold it yet. */
export function shipRow(yard: Yard, key: string, row: Row, token: string): Shipment {
  return {
    operation: {
      member: `k:${key}`,
      barrier: false,
      token,
      row: encodeDraft(draftOf(row)),
      operation: 0,
    },
    landed: (at) => yard.knowledge.placedKey(key, row, { generation: at.generation, seq: at.seq }),
  };
}

/** As {@link shipRow}, for a barrier. */
export function shipKnownBarrier(yard: Yard, barrier: Barrier, token: string): Shipment {
  const { removed, member } = barrier;
  const draft: RowDraft = {
    removed,
    removal: null,
    keepUntilMs: keepUntil(yard),
    set: null,
  };
  return {
    operation: { member, barrier: true, token, row: encodeDraft(draft), operation: 0 },
    landed: (at) =>
      yard.knowledge.placedBarrier(member, removed, { generation: at.generation, seq: at.seq }),
  };
}

function shipBarrier(yard: Yard, item: PendingBarrier, token: string): Shipment {
  const draft: RowDraft = {
    removed: yard.knowledge.barriers.get(item.member)?.removed ?? neverRemoved,
    removal: item.removal,
    keepUntilMs: keepUntil(yard),
    set: null,
  };
  return {
    operation: {
      member: item.member,
      barrier: true,
      token,
      row: encodeDraft(draft),
      operation: item.number,
    },
    landed: (at) => {
      if (at.seq > 0) yard.knowledge.publishedBarrier(item, at);
    },
  };
}

function draftPending(yard: Yard, item: PendingKey): RowDraft {
  const known = yard.disk.row(item.key)?.row;
  const { removal, set } = item; // rule: ended-sets-are-published
  return {
    removed: known?.removed ?? neverRemoved,
    removal,
    keepUntilMs: Math.max(keepUntil(yard), known?.keepUntilMs ?? 0),
    set: set === null ? null : draftSet(yard, item.key, set),
  };
}

function draftSet(yard: Yard, key: string, set: PendingSet): SetDraft {
  const { goneAtMs, stamp, operation, tags } = set;
  // Server time may not have been known when it was made. 0 is that of an emptied set.
  const expiresAtMs = goneAtMs === 0 ? 0 : Math.round(goneAtMs + yard.offsetMs);
  // A set that has ended is published all the same: what it replaced must not live on.
  const value = expiresAtMs <= yard.sharedNowMs ? "" : set.value;
  const knew = knewAt(yard, key, tags);
  return { value, expiresAtMs, at: null, knew, stamp, operation, tags };
}

/**
 * What a writer knows of barriers when it publishes: the matching ones, and whatever stands where it
 * has read. The latter spares what it writes from barriers that are joined to a wider one later.
 */
function knewAt(yard: Yard, key: string, tags: readonly string[]): Positions {
  const { barriers } = yard.knowledge;
  const read: Record<string, number> = {};
  for (const generation of barriers.generations) {
    const seq = yard.reached[generation];
    if (seq !== undefined) read[generation] = seq;
  }
  return mergePositions(yard.knowledge.barriersOf(key, tags), read);
}

/** What the log holds once the draft has its place; as `decodeRow` reads it. */
export function landedRow(draft: RowDraft, at: At): Row {
  const { set, removed, removal, keepUntilMs } = draft;
  const { generation, seq } = at;
  return {
    removed: removal === null ? removed : withRemoval(removed, generation, seq, removal),
    keepUntilMs,
    set: set === null ? null : { ...set, at: set.at ?? at },
  };
}

function keepUntil(yard: Yard): number {
  return Math.round(yard.sharedNowMs + yard.horizonMs);
}

/** The place that a seq means in a generation. */
export function placeIn(generation: Generation, seq: number): At {
  return { ordinal: generation.ordinal, generation: generation.id, seq };
}
