import type { Command } from "commander";
import { ControlClient } from "../client/control-client.js";
import { readUpState } from "../client/drill-client.js";
import { type EndpointOptions, findEndpoint } from "../client/endpoint.js";
import { printJson, printLine } from "../output/print.js";
import { statusText } from "../output/status-text.js";
import { withEndpoint } from "./command-surroundings.js";

interface StatusOptions extends EndpointOptions {
  readonly json?: true;
}

/** `holdfast status` */
export function addStatus(program: Command): void {
  withEndpoint(program.command("status"))
    .description("what the control plane depends on, answers from, and has saved")
    .action(async (options: StatusOptions) => {
      const endpoint = findEndpoint(options);
      const status = await new ControlClient(endpoint).status();
      const up = endpoint.up === null ? null : await readUpState(endpoint.up);
      if (options.json === true) printJson({ url: endpoint.url, ...status, up });
      else printLine(statusText(endpoint.url, status, up));
    });
}
