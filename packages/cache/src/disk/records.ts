import type { SqliteRow, SqliteValue } from "@holdfast/sqlite";
import type { Row } from "../log/row.js";

/** A copy as the disk holds it. `value` is encoded (and sealed where the cache seals). */
export interface CopyRecord {
  readonly value: string | Uint8Array;
  readonly storedAtMs: number;
  readonly freshUntilMs: number;
  readonly goneAtMs: number;
  /** Local order: a removal takes every copy of a smaller version. */
  readonly version: number;
  readonly tags: readonly string[];
}

/** A place in the log of the generation named; null: not (yet) there. */
export interface Place {
  readonly generation: string | null;
  readonly seq: number;
}

/** A row as the disk holds it, with its times on the local steady clock. */
export interface RowRecord {
  readonly row: Row;
  readonly storedAtMs: number;
  readonly goneAtMs: number;
  readonly place: Place;
  readonly keepUntilMs: number;
}

/** What a read needs of a row with a set. `value` is encoded. */
export interface HeldSet {
  readonly value: string;
  readonly storedAtMs: number;
  readonly goneAtMs: number;
  readonly tags: readonly string[];
}

/** The set of a row as a read needs it; null where there is none. */
export function heldSetOf(record: RowRecord): HeldSet | null {
  const { storedAtMs, goneAtMs, row } = record;
  if (row.set === null) return null;
  return { value: row.set.value, storedAtMs, goneAtMs, tags: row.set.tags };
}

export const nowhere: Place = { generation: null, seq: 0 };

export function text(value: SqliteValue | undefined): string {
  return typeof value === "string" ? value : "";
}

export function integer(value: SqliteValue | undefined): number {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : 0;
}

export function tagsText(tags: readonly string[]): string | null {
  return tags.length === 0 ? null : JSON.stringify(tags);
}

const noTags: readonly string[] = Object.freeze([]);

export function tagsOf(value: SqliteValue | undefined): readonly string[] {
  if (typeof value !== "string" || value === "") return noTags;
  const tags: unknown = JSON.parse(value);
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

export function placeOf(row: SqliteRow): Place {
  const generation = row["generation"];
  return {
    generation: typeof generation === "string" ? generation : null,
    seq: integer(row["seq"]),
  };
}
