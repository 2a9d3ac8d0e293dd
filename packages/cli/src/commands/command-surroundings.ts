import type { Command } from "commander";

/** What a command needs of the program that runs it. */
export interface Surroundings {
  /** Flags of node and the path of the command, to start it again as a child. */
  readonly node: readonly string[];
}

export const defaultState = ".holdfast";

/** Options of every command that talks to a control plane. */
export function withEndpoint(command: Command): Command {
  return command
    .option("--state <directory>", "where the control plane runs", defaultState)
    .option("--url <url>", "another control plane; needs --token-file")
    .option("--token-file <file>", "file with its bearer token, mode 0600")
    .option("--json", "one JSON value for programs");
}
