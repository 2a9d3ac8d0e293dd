import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createCache } from "@holdfast/cache";
import { temporaryDirectory } from "@holdfast/testkit";
import { type Effort, scaled } from "../harness/effort.js";
import { fillCopies } from "../harness/fill.js";
import { atMost, type Finding, multiple } from "../harness/finding.js";
import { interleaved } from "../harness/rounds.js";
import { sampleKeys } from "../harness/sample.js";

/** From the start of a process to its first answer out of a full file. */
export async function start(effort: Effort): Promise<readonly Finding[]> {
  await using directory = await temporaryDirectory();
  const keys = sampleKeys(scaled(100_000, effort));
  const before = createCache({ directory: directory.path });
  await before.start();
  await fillCopies(before, keys);
  await before.stop();
  const figures = await interleaved(effort.rounds * 3, {
    ours: () => firstOutputMs("first-answer", [directory.path, keys.at(-7) ?? ""]),
    bare: () => firstOutputMs("bare", []),
  });
  const floor = { name: "bare Node", value: figures.bare, unit: "ms" } as const;
  return [
    multiple("spawn to first answer", { value: figures.ours, unit: "ms" }, floor, atMost(1.5)),
  ];
}

async function firstOutputMs(program: string, args: readonly string[]): Promise<number> {
  const path = fileURLToPath(new URL(`../programs/${program}.js`, import.meta.url));
  const began = performance.now();
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const [first] = await once(child.stdout, "data");
  const took = performance.now() - began;
  if (String(first) !== "hit") throw new Error(`Cannot take "${String(first)}" for an answer`);
  await ended;
  return took;
}
