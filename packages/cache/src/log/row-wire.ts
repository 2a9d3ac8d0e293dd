import type { Positions } from "./positions.js";
import { isRemoved, type Removed, withRemoval } from "./removed.js";
import type { At, Row } from "./row.js";
import { isWire, type Wire } from "./wire.js";

/** A row on its way to the log. */
export interface RowDraft {
  readonly removed: Removed;
  /** Operation of the removal that the place this draft is published at is itself; null: it is none. */
  readonly removal: string | null;
  readonly keepUntilMs: number;
  readonly set: SetDraft | null;
}

export interface SetDraft {
  readonly value: string;
  readonly expiresAtMs: number;
  /** Null: first published at the place this draft is given. */
  readonly at: At | null;
  readonly knew: Positions;
  readonly stamp: number;
  readonly operation: string;
  readonly tags: readonly string[];
}

/** First character of a row: which release can read it. The next format is read for a release before it is written. */
const rowFormat = "1";

/** The text that is published. */
export function encodeDraft(draft: RowDraft): string {
  const wire: Wire = { k: draft.keepUntilMs };
  if (draft.removal !== null) wire.r = draft.removal;
  if (isRemoved(draft.removed)) wire.p = draft.removed;
  if (draft.set !== null) {
    const { set } = draft;
    wire.s = { v: set.value, e: set.expiresAtMs, t: set.stamp, o: set.operation };
    if (set.at !== null) wire.s.a = [set.at.ordinal, set.at.generation, set.at.seq];
    if (Object.keys(set.knew).length > 0) wire.s.n = set.knew;
    if (set.tags.length > 0) wire.s.g = set.tags;
  }
  return `${rowFormat}${JSON.stringify(wire)}`;
}

/** The row that the text means at the place where the log holds it. Throws on text that is none. */
export function decodeRow(text: string, here: At): Row {
  if (!text.startsWith(rowFormat))
    throw new TypeError("Cannot read a log row: its format is not known");
  const wire: unknown = JSON.parse(text.slice(rowFormat.length));
  if (!isWire(wire))
    throw new TypeError("Cannot read a log row: its parts are not what they should be");
  const { r, s } = wire;
  const before = wire.p ?? {};
  return {
    removed: r === undefined ? before : withRemoval(before, here.generation, here.seq, r),
    keepUntilMs: wire.k,
    set:
      s === undefined
        ? null
        : {
            value: s.v,
            expiresAtMs: s.e,
            at: s.a === undefined ? here : { ordinal: s.a[0], generation: s.a[1], seq: s.a[2] },
            knew: s.n ?? {},
            stamp: s.t,
            operation: s.o,
            tags: s.g ?? [],
          },
  };
}

/** A published row as the draft that publishes it again, unchanged, in another generation. */
export function draftOf(row: Row): RowDraft {
  return { ...row, removal: null };
}
