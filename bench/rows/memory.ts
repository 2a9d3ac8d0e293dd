import { temporaryDirectory } from "@holdfast/testkit";
import { type Effort, scaled } from "../harness/effort.js";
import { atMost, type Finding, multiple } from "../harness/finding.js";
import { Program } from "../harness/program.js";
import { interleaved } from "../harness/rounds.js";

/** What a process takes that has written 100,000 keys and read each of them. */
export async function memory(effort: Effort): Promise<readonly Finding[]> {
  const count = String(scaled(100_000, effort));
  const rss = (kind: string) => async (): Promise<number> => {
    await using directory = await temporaryDirectory();
    await using program = await Program.start("hot-entries", kind, directory.path, count);
    return Number(await program.ask("rss"));
  };
  const figures = await interleaved(Math.min(3, effort.rounds), {
    ours: rss("holdfast"),
    article: rss("article"),
  });
  const peer = { name: "the article's class", value: figures.article, unit: "MB" } as const;
  return [multiple(`RSS, ${count} keys`, { value: figures.ours, unit: "MB" }, peer, atMost(1.7))];
}
