import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What to do with a failing seed. */
export const replay =
  "Replay a seed: node --import tsx --conditions=@holdfast/source tests/simulation/run.ts --seed N --trace";

/** How a run of the simulation ended. */
export interface Ran {
  readonly exit: number | null;
  readonly output: string;
}

/** A directory for builds of the simulation. */
export interface SimulationPlace extends Disposable {
  file(name: string): string;
}

export function simulationPlace(): SimulationPlace {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-simulation-"));
  return {
    file: (name) => join(directory, `${name}.mjs`),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Runs a build to its end. */
export function runBundle(bundle: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--stack-trace-limit=0", bundle, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
    }
    child.once("error", reject);
    child.once("close", (exit) => resolve({ exit, output }));
  });
}

/** Works on two at a time: as many as a small machine has cores. */
export async function inPairs<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}
