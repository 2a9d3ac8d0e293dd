import { Argument, type Command } from "commander";
import { drill } from "../client/drill-client.js";
import { printJson, printLine } from "../output/print.js";
import { type Drill, type LinkMode, linkModes } from "../up/up-state.js";
import { defaultState } from "./command-surroundings.js";

interface DrillOptions {
  readonly state: string;
  readonly json?: true;
}

/** `holdfast drill upstream|redis <mode>` and `holdfast drill control kill` */
export function addDrill(program: Command): void {
  const command = program.command("drill").description('break what "holdfast up" runs');
  for (const target of ["upstream", "redis"] as const) {
    withOptions(command.command(target))
      .description(target === "redis" ? "the link to Redis, not the server" : "the sample upstream")
      .addArgument(new Argument("<mode>").choices(linkModes))
      .action((action: LinkMode, options: DrillOptions) => run({ target, action }, options));
  }
  withOptions(command.command("control"))
    .description("the control plane: kill -9")
    .addArgument(new Argument("<action>").choices(["kill"]))
    .action((action: "kill", options: DrillOptions) => run({ target: "control", action }, options));
}

function withOptions(command: Command): Command {
  return command
    .option("--state <directory>", 'where "holdfast up" runs', defaultState)
    .option("--json", "one JSON value for programs");
}

async function run(what: Drill, { state, json }: DrillOptions): Promise<void> {
  const answer = await drill(state, what);
  if (json === true) printJson({ ...what, ...answer });
  else printLine(answer.done);
}
