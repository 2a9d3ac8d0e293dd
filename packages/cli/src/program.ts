import { version } from "@holdfast/control";
import { Command, CommanderError } from "commander";
import { exitCodeOf } from "./cli-error.js";
import type { Surroundings } from "./commands/command-surroundings.js";
import { addControl } from "./commands/control.js";
import { addDecide } from "./commands/decide.js";
import { addDrill } from "./commands/drill.js";
import { addRevoke } from "./commands/revoke.js";
import { addSampleUpstream } from "./commands/sample-upstream.js";
import { addStatus } from "./commands/status.js";
import { addUp } from "./commands/up.js";
import { exitCode, exitCodeHelp } from "./exit-code.js";
import { colours, printError } from "./output/print.js";

const commands = [addUp, addControl, addDecide, addRevoke, addStatus, addDrill, addSampleUpstream];

/** Runs the command line; what goes wrong ends in a sentence on stderr and an exit code. */
export async function runProgram(argv: readonly string[], around: Surroundings): Promise<void> {
  const program = new Command("holdfast")
    .description("Keeps a VPN service connecting while the thing that runs it is down")
    .version(version)
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", exitCodeHelp)
    .exitOverride();
  for (const add of commands) add(program, around);
  overrideExits(program);
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage;
      return;
    }
    printError(
      `${colours.red("error:")} ${error instanceof Error ? error.message : String(error)}`,
    );
    process.exitCode = exitCodeOf(error);
  }
}

/** A subcommand does not inherit the override of a parent that got it after the subcommand was made. */
function overrideExits(command: Command): void {
  for (const sub of command.commands) {
    sub.exitOverride();
    overrideExits(sub);
  }
}
