import type { Command, SqliteValue } from "@holdfast/sqlite";
import { type CopyRecord, tagsOf, tagsText, text } from "./records.js";
import { afterTimes, timeAt, timesText } from "./short-text.js";

/** Stored, fresh until, gone at; then version and tags. */
const times = 3;

/** How a copy is put into its table; `value` as it lies there. */
export function putCopyCommand(key: string, copy: CopyRecord, value: string | Uint8Array): Command {
  const { storedAtMs, freshUntilMs, goneAtMs, version, tags } = copy;
  const meta = `${timesText(storedAtMs, freshUntilMs, goneAtMs)}${version} ${tagsText(tags) ?? ""}`;
  return ["putCopy", key, value, meta, Math.round(goneAtMs)];
}

export function copyOf(value: SqliteValue | undefined, meta: SqliteValue | undefined): CopyRecord {
  const joined = text(meta);
  return {
    value: typeof value === "string" || value instanceof Uint8Array ? value : "",
    storedAtMs: timeAt(joined, 0),
    freshUntilMs: timeAt(joined, 1),
    ...copyTraits(joined),
  };
}

/** What a sweep wants to know of a copy. */
export function copyTraits(meta: string): Pick<CopyRecord, "goneAtMs" | "version" | "tags"> {
  const rest = afterTimes(meta, times);
  const end = rest.indexOf(" ");
  return {
    goneAtMs: timeAt(meta, 2),
    version: Number(rest.slice(0, end)),
    tags: tagsOf(rest.slice(end + 1)),
  };
}
