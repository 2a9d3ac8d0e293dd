import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { type Command, Option } from "commander";
import { CliError } from "../cli-error.js";
import { ControlClient, type DecisionAnswer } from "../client/control-client.js";
import { type EndpointOptions, findEndpoint } from "../client/endpoint.js";
import { type ExitCode, exitCode } from "../exit-code.js";
import { decisionText } from "../output/decision-text.js";
import { printJson, printLine } from "../output/print.js";
import { withEndpoint } from "./command-surroundings.js";

interface DecideOptions extends EndpointOptions {
  readonly until?: "stale";
  readonly json?: true;
}

const askEveryMs = 1_000;
const patienceMs = 60_000;

/** `holdfast decide auth <user>` */
export function addDecide(program: Command): void {
  const decide = program.command("decide").description("ask for a decision");
  withEndpoint(decide.command("auth"))
    .description("may this user in? The secret is read from stdin")
    .argument("<user>")
    .option("--realm <realm>", "the tenant")
    .addOption(
      new Option("--until <age>", "ask again, for at most 60 s, until the answer is").choices([
        "stale",
      ]),
    )
    .action(async (user: string, options: DecideOptions) => {
      const client = new ControlClient(findEndpoint(options));
      const secret = await secretFromStdin();
      const answer =
        options.until === undefined
          ? await client.decideAuth(user, secret)
          : await askUntilStale(() => client.decideAuth(user, secret));
      if (options.json === true) printJson(answer);
      else printLine(decisionText(user, answer));
      process.exitCode = exitCodes[answer.decision];
    });
}

const exitCodes: Readonly<Record<DecisionAnswer["decision"], ExitCode>> = {
  allow: exitCode.done,
  deny: exitCode.denied,
  unavailable: exitCode.unavailable,
};

async function askUntilStale(ask: () => Promise<DecisionAnswer>): Promise<DecisionAnswer> {
  const endMs = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer.decision === "allow" && answer.age === "stale") return answer;
    if (answer.decision !== "allow") return answer;
    if (performance.now() > endMs) {
      throw new CliError("refused", `Cannot see a stale answer: none came within ${patienceMs} ms`);
    }
    await delay(askEveryMs);
  }
}

async function secretFromStdin(): Promise<string> {
  if (process.stdin.isTTY === true) {
    throw new CliError(
      "usage",
      "Cannot decide without a secret: pipe it in, as in echo SECRET | holdfast decide auth USER",
    );
  }
  return (await text(process.stdin)).replace(/\r?\n$/, "");
}
