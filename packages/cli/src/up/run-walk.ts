import { spawn } from "node:child_process";
import { colours, printLine } from "../output/print.js";
import { type WalkStep, walkLine } from "./walk.js";

export interface WalkResult {
  readonly step: WalkStep;
  readonly exit: number;
  readonly output: string;
  readonly asExpected: boolean;
}

/** Runs every line as a process of its own and prints it with its answer; says where one is not as it should be. */
export async function runWalk(
  steps: readonly WalkStep[],
  node: readonly string[],
  signal: AbortSignal,
): Promise<readonly WalkResult[]> {
  const results: WalkResult[] = [];
  for (const step of steps) {
    if (signal.aborted) break;
    printLine(colours.dim(`# ${step.shows}`));
    printLine(`${colours.cyan("$")} ${colours.bold(walkLine(step))}`);
    const { exit, output } = await runLine([...node, ...step.args], signal);
    printLine(output);
    const asExpected = exit === step.exit && step.says.test(output);
    if (!asExpected && !signal.aborted) {
      printLine(
        colours.red(
          `That is not what was to be shown: exit code ${exit}, not ${step.exit}, or not ${step.says}`,
        ),
      );
    }
    printLine();
    results.push({ step, exit, output, asExpected });
  }
  return results;
}

function runLine(
  args: readonly string[],
  signal: AbortSignal,
): Promise<{ exit: number; output: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1" };
    const child = spawn(process.execPath, [...args], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (chunk: string) => {
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    const stop = () => child.kill();
    signal.addEventListener("abort", stop, { once: true });
    const end = (exit: number) => {
      signal.removeEventListener("abort", stop);
      resolve({ exit, output: output.trimEnd() });
    };
    child.once("error", (error) => {
      output += error.message;
      end(-1);
    });
    child.once("close", (code) => end(code ?? -1));
  });
}
