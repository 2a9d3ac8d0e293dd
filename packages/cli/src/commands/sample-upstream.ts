import type { Command } from "commander";
import { runSampleUpstream } from "../up/run-sample-upstream.js";

/** `holdfast sample-upstream`: started by `holdfast up`, of no use alone. */
export function addSampleUpstream(program: Command): void {
  program
    .command("sample-upstream", { hidden: true })
    .requiredOption("--port <port>")
    .action(({ port }: { port: string }) => runSampleUpstream(Number(port)));
}
