import { readFile, writeFile } from "node:fs/promises";
import { tableHead } from "./table.js";

const begin = "<!-- table -->";
const end = "<!-- /table -->";

/**
 * Puts the lines of some benches into the table between the markers of the file, in the order of
 * `names`. Benches that did not run keep the lines they have.
 */
export async function writeTable(
  path: URL,
  names: readonly string[],
  measured: ReadonlyMap<string, readonly string[]>,
  machine: string,
): Promise<void> {
  const text = await readFile(path, "utf8");
  const [before, rest] = cut(text, begin);
  const [old, after] = cut(rest, end);
  const oldLines = old.split("\n");
  const lines = names.flatMap(
    (name) => measured.get(name) ?? oldLines.filter((line) => line.startsWith(`| ${name} |`)),
  );
  const table = [...tableHead, ...lines].join("\n");
  await writeFile(path, `${before}${begin}\n\n${machine}.\n\n${table}\n\n${end}${after}`);
}

function cut(text: string, marker: string): [string, string] {
  const place = text.indexOf(marker);
  if (place < 0) throw new Error(`Cannot write the table: there is no ${marker}`);
  return [text.slice(0, place), text.slice(place + marker.length)];
}
