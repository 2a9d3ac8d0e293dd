import type { Command, SqliteRow, SqliteValue } from "@holdfast/sqlite";
import type { Row, RowSet } from "../log/row.js";
import {
  type HeldSet,
  integer,
  placeOf,
  type RowRecord,
  tagsOf,
  tagsText,
  text,
} from "./records.js";
import { afterTimes, timeAt, timesText } from "./short-text.js";

/** Stored, gone at; then the tags of the set. */
const times = 2;

interface RowBody extends Omit<Row, "set"> {
  readonly set: Omit<RowSet, "value"> | null;
}

/** How a row is put into its table; `value` as it lies there, null where there is no set. */
export function putRowCommand(
  key: string,
  record: RowRecord,
  value: string | Uint8Array | null,
): Command {
  const { row, storedAtMs, goneAtMs, place, keepUntilMs } = record;
  const { set } = row;
  const body: RowBody = { ...row, set: set === null ? null : withoutValue(set) };
  const meta = timesText(storedAtMs, goneAtMs) + (tagsText(set?.tags ?? []) ?? "");
  return [
    "putRow",
    key,
    value,
    meta,
    JSON.stringify(body),
    place.generation,
    place.seq,
    Math.round(keepUntilMs),
  ];
}

/** The row as it was put; `value` is that of its set, null where there is none that can be opened. */
export function rowOf(found: SqliteRow, value: string | null): RowRecord {
  const body: RowBody = JSON.parse(text(found["body"]));
  const meta = text(found["meta"]);
  return {
    row: { ...body, set: body.set === null || value === null ? null : { ...body.set, value } },
    storedAtMs: timeAt(meta, 0),
    goneAtMs: timeAt(meta, 1),
    place: placeOf(found),
    keepUntilMs: integer(found["keep"]),
  };
}

/** What a read needs of a row, from less than half of its columns. */
export function heldSetFrom(value: string, meta: SqliteValue | undefined): HeldSet {
  const joined = text(meta);
  return {
    value,
    storedAtMs: timeAt(joined, 0),
    goneAtMs: timeAt(joined, 1),
    tags: tagsOf(afterTimes(joined, times)),
  };
}

function withoutValue(set: RowSet): Omit<RowSet, "value"> {
  const { value: _, ...rest } = set;
  return rest;
}
