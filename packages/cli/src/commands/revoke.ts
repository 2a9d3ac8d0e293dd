import type { RevocationAnswer } from "@holdfast/control";
import { type Command, Option } from "commander";
import { ControlClient } from "../client/control-client.js";
import { type EndpointOptions, findEndpoint } from "../client/endpoint.js";
import { exitCode } from "../exit-code.js";
import { colours, printJson, printLine } from "../output/print.js";
import { withEndpoint } from "./command-surroundings.js";

interface RevokeOptions extends EndpointOptions {
  readonly reason?: string;
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
    .addOption(
      new Option("--acknowledge <level>", "how far it must have come when this returns").choices([
        "durable",
        "shared",
        "all",
      ]),
    )
    .action(async (user: string, options: RevokeOptions) => {
      const { reason, acknowledge } = options;
      const client = new ControlClient(findEndpoint(options));
      const answer = await client.revoke(user, {
        ...(reason === undefined ? {} : { reason }),
        ...(acknowledge === undefined ? {} : { acknowledge }),
      });
      if (options.json === true) printJson(answer);
      else printLine(revocationText(answer));
      process.exitCode = answer.state === "revoked" ? exitCode.done : exitCode.inPart;
    });
}

export function revocationText(answer: RevocationAnswer): string {
  const { state, user, acknowledged, operation, shortfall } = answer;
  const receipt = `${acknowledged}; operation ${operation}`;
  if (state === "revoked") return `${colours.green("revoked")}  ${user}  ${receipt}`;
  const missing =
    answer.unconfirmed.length === 0 ? "" : `; not confirmed by ${answer.unconfirmed.join(", ")}`;
  const why = shortfall === null ? "" : `; ${shortfall.message}`;
  return `${colours.yellow("revoked in part")}  ${user}  ${receipt}${missing}${why}`;
}
