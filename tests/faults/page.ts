import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A fault, and what the test that examined it saw; null where it did not pass. */
export interface FaultRow {
  readonly guarantees: readonly string[];
  readonly fault: string;
  seen: string | null;
}

/** Replaces the section of that title in the page, or adds it at the end. */
export function writeSection(
  page: string,
  title: string,
  testUrl: string,
  rows: readonly FaultRow[],
): void {
  const [head = "", ...sections] = readFileSync(page, "utf8")
    .split(/^(?=## )/m)
    .map((part) => `${part.trimEnd()}\n`);
  const heading = `## ${title}\n`;
  const section = `${heading}\n${examinedBy(page, testUrl)}\n\n${table(rows)}\n`;
  const place = sections.findIndex((one) => one.startsWith(heading));
  if (place < 0) sections.push(section);
  else sections[place] = section;
  writeFileSync(page, [head, ...sections].join("\n"));
}

function examinedBy(page: string, testUrl: string): string {
  const path = fileURLToPath(testUrl);
  return `Examined by [${basename(path)}](${relative(dirname(page), relative(".", path))}).`;
}

function table(rows: readonly FaultRow[]): string {
  const lines = rows.map(({ fault, seen, guarantees }) => {
    const cells = [fault, seen ?? "**not as it must be**", guarantees.join(", ")];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return ["| fault | what was seen | guarantee |", "|---|---|---|", ...lines].join("\n");
}
