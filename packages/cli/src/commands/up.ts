import { randomBytes } from "node:crypto";
import { aborted, stopSignal } from "@holdfast/control";
import { type Command, InvalidArgumentError } from "commander";
import { exitCode } from "../exit-code.js";
import { colours, printJson, printLine } from "../output/print.js";
import { runWalk } from "../up/run-walk.js";
import { sampleUsers } from "../up/sample-users.js";
import { startUp, type Up } from "../up/up.js";
import { type WalkStep, walkLine, walkSteps } from "../up/walk.js";
import { defaultState, type Surroundings } from "./command-surroundings.js";

const whatNext = "What each line shows, and how to go on: docs/operate/first-minute.md";

interface UpCommandOptions {
  readonly state: string;
  readonly port: number;
  readonly realm?: string;
  readonly walk?: true;
  readonly json?: true;
}

/** `holdfast up` */
export function addUp(program: Command, { node }: Surroundings): void {
  program
    .command("up")
    .description("the first minute: a control plane and a sample upstream on this machine")
    .option("--walk", "run the walk by itself, then end")
    .option("--state <directory>", "where everything is kept", defaultState)
    .option("--port <port>", "of the control plane; another one where it is taken", port, 8080)
    .option("--realm <realm>", "go on with the answers of an earlier run; default: a new realm")
    .option("--json", "one JSON value per line for programs")
    .action((options: UpCommandOptions) => up(options, node));
}

async function up(options: UpCommandOptions, node: readonly string[]): Promise<void> {
  const { state, json } = options;
  const say = (text: string): void => {
    if (json === true) printJson({ t: "event", atMs: Date.now(), text });
    else printLine(colours.dim(`${new Date().toISOString().slice(11, 19)}Z ${text}`));
  };
  const told = stopSignal(["SIGINT", "SIGTERM", "SIGHUP"]);
  const redisUrl = process.env["REDIS_URL"] ?? null;
  const realm = options.realm ?? `demo-${randomBytes(3).toString("hex")}`;
  const started = { state, port: options.port, realm, redisUrl, node, onEvent: say };
  const start = startUp(started).catch((error: unknown) => {
    // Told to stop, the children stop as well; that they never listened is no failure then.
    if (told.aborted) return null;
    throw error;
  });
  await using running = await start;
  if (running === null || told.aborted) return;
  const steps = walkSteps({
    redis: redisUrl !== null,
    state: state === defaultState ? null : state,
  });
  if (json === true) printJson(readyEvent(running, steps));
  else
    printLine(
      readyText(running, { redis: redisUrl !== null, state, steps: options.walk ? [] : steps }),
    );
  if (options.walk === true) {
    const results = await runWalk(steps, { node, signal: told, json: json === true });
    const whole = results.length === steps.length && results.every((one) => one.asExpected);
    process.exitCode = whole ? exitCode.done : exitCode.failed;
    if (json !== true) printLine(whatNext);
  } else {
    await aborted(told);
  }
  if (json !== true) printLine(colours.dim("ending everything"));
}

function readyEvent(running: Up, steps: readonly WalkStep[]) {
  const { controlUrl, controlPid, upstreamUrl, upstreamPid, tokenFile } = running;
  const walk = steps.map(walkLine);
  return { t: "ready", controlUrl, controlPid, upstreamUrl, upstreamPid, tokenFile, walk };
}

interface Shown {
  readonly redis: boolean;
  readonly state: string;
  readonly steps: readonly WalkStep[];
}

function readyText(running: Up, { redis, state, steps }: Shown): string {
  const users = Object.entries(sampleUsers).map(([name, { secret }]) => `${name} (${secret})`);
  const lines = [
    colours.bold("Holdfast is up."),
    "",
    `  control plane    ${running.controlUrl}  (pid ${running.controlPid})`,
    `    log            ${running.logFile}`,
    `    token          ${running.tokenFile}`,
    `  sample upstream  ${running.upstreamUrl}`,
    `    knows          ${users.join(", ")}`,
    `  Redis            ${redis ? "as REDIS_URL says, through a link that a drill can cut" : "none: set REDIS_URL to have one in the walk"}`,
    `  kept in          ${state}`,
    "",
  ];
  if (steps.length > 0) {
    lines.push("The walk. Paste it line by line into a second terminal, in this folder:", "");
    lines.push(...steps.flatMap(explained));
    lines.push(
      "Each answer says where it came from, how old it is (fresh, or stale within its",
      "grace), and whether it is verified: nothing newer can have been missed.",
      "",
      colours.dim('"npm start -- --walk" runs the walk by itself. Ctrl-C ends everything.'),
      colours.dim(whatNext),
    );
  }
  return lines.join("\n");
}

function explained(step: WalkStep): readonly string[] {
  return [colours.dim(`  # ${step.shows}`), `  ${walkLine(step)}`, ""];
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new InvalidArgumentError("it must be from 0 to 65535");
}
