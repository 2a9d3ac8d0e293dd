import type { Outcome } from "./hole.js";
import { type HoleGroup, type HoleRecord, holeGroups } from "./record-hole.js";

/** The table of all examined holes as Markdown: per hole what the article's class did and what ours did. */
export function holesTable(records: readonly HoleRecord[]): string {
  const groups = holeGroups.filter((group) => ofGroup(records, group).length > 0);
  return groups.map((group) => section(group, ofGroup(records, group))).join("\n");
}

function ofGroup(records: readonly HoleRecord[], group: HoleGroup): readonly HoleRecord[] {
  return records.filter((record) => record.group === group);
}

function section(group: HoleGroup, records: readonly HoleRecord[]): string {
  const ids = [...new Set(records.map((record) => record.id))].toSorted(byNumber);
  const rows = ids.map((id) => row(records.filter((record) => record.id === id)));
  const head =
    "| id | what happens | the article's class | Holdfast | test |\n|---|---|---|---|---|";
  return `## ${group.charAt(0).toUpperCase()}${group.slice(1)}\n\n${head}\n${rows.join("\n")}\n`;
}

/** `H5` before `H16a` before `H16b`, in whatever order the tests ended. */
function byNumber(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}

function row(records: readonly HoleRecord[]): string {
  const [first] = records;
  if (first === undefined) return "";
  const cells = [
    first.id,
    first.title,
    seen(records.find((record) => record.subject === "article")),
    seen(records.find((record) => record.subject === "holdfast")),
    `[${first.group}](../packages/cache/src/holes/${first.group}.test.ts): ${first.id} …`,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const words = { bad: "**wrong**", good: "right", neither: "**neither right nor the known fault**" };

function seen(record: HoleRecord | undefined): string {
  if (record === undefined) return "not examined";
  return `${words[record.verdict]}: ${textOf(record.outcome)}`;
}

function textOf(outcome: Outcome): string {
  const parts = Object.entries(outcome).map(([name, value]) => `${inWords(name)} ${value}`);
  return parts.join("; ");
}

/** `tookMs` as `took (ms):`, `afterMb` as `after (MB):`, `saidByB` as `said by b:`. */
function inWords(name: string): string {
  const [, stem = name, unit] = /^(.*?)(Ms|Mb)?$/.exec(name) ?? [];
  const spaced = stem.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return unit === undefined ? `${spaced}:` : `${spaced} (${unit === "Ms" ? "ms" : "MB"}):`;
}
