import type { RevocationAnswer } from "@holdfast/control";
import { type Command, Option } from "commander";
import { ControlClient } from "../client/control-client.js";
import { type EndpointOptions, findEndpoint } from "../client/endpoint.js";
import { exitCode } from "../exit-code.js";
import { colours, printJson, printLine } from "../output/print.js";
import { withEndpoint } from "./command-surroundings.js";

interface RevokeOptions extends EndpointOptions {
  readonly reason?: string;
  readonly lift?: true;
  readonly acknowledge?: string;
  readonly json?: true;
}

/** `holdfast revoke <user>` */
export function addRevoke(program: Command): void {
  withEndpoint(program.command("revoke"))
    .description("refuse a user from now on, whatever copies or the upstream say")
    .argument("<user>")
    .option("--realm <realm>", "the tenant")
    .option("--reason <text>", "for those who ask later")
    .addOption(new Option("--lift", "take it back: the upstream decides again").conflicts("reason"))
    .addOption(
      new Option("--acknowledge <level>", "how far it must have come when this returns").choices([
        "durable",
        "shared",
        "all",
      ]),
    )
    .action(async (user: string, options: RevokeOptions) => {
      const { reason, acknowledge, lift } = options;
      const client = new ControlClient(findEndpoint(options));
      const more = acknowledge === undefined ? {} : { acknowledge };
      const answer =
        lift === true
          ? await client.lift(user, more)
          : await client.revoke(user, reason === undefined ? more : { ...more, reason });
      if (options.json === true) printJson(answer);
      else printLine(revocationText(answer));
      process.exitCode = isWhole(answer) ? exitCode.done : exitCode.inPart;
    });
}

/** Where a revocation has come to, for those who do not know the levels. */
const places: Readonly<Record<string, string>> = {
  durable: "on this machine's disk",
  shared: "in Redis",
};

export function revocationText(answer: RevocationAnswer): string {
  const { state, user, acknowledged, operation, shortfall, unconfirmed } = answer;
  const words = state.replaceAll("-", " ");
  if (isWhole(answer)) {
    const where = places[acknowledged];
    const level = where === undefined ? acknowledged : `${acknowledged} (${where})`;
    return `${colours.green(words)}  ${user}  ${level}; operation ${operation}`;
  }
  const receipt = `${user}  ${acknowledged}; operation ${operation}`;
  const missing = unconfirmed.length === 0 ? "" : `; not confirmed by ${unconfirmed.join(", ")}`;
  const why = shortfall === null ? "" : `; ${shortfall.message}`;
  return `${colours.yellow(words)}  ${receipt}${missing}${why}`;
}

function isWhole({ state }: RevocationAnswer): boolean {
  return state === "revoked" || state === "lifted";
}
