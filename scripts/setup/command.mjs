import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetupError } from "./report.mjs";

/** The path of the first of those programs that PATH holds, or undefined. */
export function findProgram(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const path = join(folder, name);
      if (folder !== "" && existsSync(path) && statSync(path).isFile()) return path;
    }
  }
  return undefined;
}

/** Runs a program with its output on stderr; its failure is the setup's. */
export function run(act, program, args, options = {}) {
  const { status, signal, error } = spawnSync(program, args, {
    stdio: ["ignore", 2, 2],
    ...options,
  });
  if (error) throw new SetupError(`Cannot ${act}: ${error.message}`);
  if (signal) throw new SetupError(`Cannot ${act}: ended by ${signal}`);
  if (status !== 0) throw new SetupError(`Cannot ${act}: exit code ${status}, see the lines above`);
}

/** Runs npm with the Node that runs this, whichever other one PATH holds. */
export function runNpm(act, args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith("npm-cli.js")) run(act, process.execPath, [cli, ...args]);
  else run(act, "npm", args, { shell: process.platform === "win32" });
}
