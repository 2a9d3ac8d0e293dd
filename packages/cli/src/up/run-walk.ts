import { spawn } from "node:child_process";
import { colours, printJson, printLine } from "../output/print.js";
import { type WalkStep, walkLine } from "./walk.js";

export interface WalkResult {
  readonly step: WalkStep;
  readonly exit: number;
  readonly output: string;
  readonly asExpected: boolean;
}

export interface WalkRun {
  /** Flags of node and the path of the command. */
  readonly node: readonly string[];
  /** Aborted: no further line is run. */
  readonly signal: AbortSignal;
  /** True: one JSON value per line of the walk. */
  readonly json: boolean;
}

/** Runs every line as a process of its own and prints it with its answer; says where one is not as it should be. */
export async function runWalk(
  steps: readonly WalkStep[],
  { node, signal, json }: WalkRun,
): Promise<readonly WalkResult[]> {
  const results: WalkResult[] = [];
  for (const step of steps) {
    if (signal.aborted) break;
    if (!json) printStep(step);
    const { exit, output } = await runLine([...node, ...step.args], step.input, signal);
    const asExpected = exit === step.exit && step.says.test(output);
    results.push({ step, exit, output, asExpected });
    if (json) printJson({ t: "step", line: walkLine(step), exit, output, asExpected });
    else printAnswer(step, { exit, output, asExpected: asExpected || signal.aborted });
  }
  return results;
}

function printStep(step: WalkStep): void {
  printLine(colours.dim(`# ${step.shows}`));
  printLine(`${colours.cyan("$")} ${colours.bold(walkLine(step))}`);
}

function printAnswer(step: WalkStep, { exit, output, asExpected }: Omit<WalkResult, "step">): void {
  printLine(output);
  if (!asExpected) {
    const wanted = `exit code ${step.exit} and ${step.says}`;
    printLine(colours.red(`This was to be shown: ${wanted}; the exit code was ${exit}`));
  }
  printLine();
}

function runLine(
  args: readonly string[],
  input: string | null,
  signal: AbortSignal,
): Promise<{ exit: number; output: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, NO_COLOR: "1" };
    const child = spawn(process.execPath, [...args], { env, stdio: ["pipe", "pipe", "pipe"] });
    child.stdin.on("error", () => undefined).end(input === null ? "" : `${input}\n`);
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
