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

/** Runs a program; its failure is the setup's. `quiet`: its output is shown only when it fails. */
export function run(act, program, args, { quiet = false, shell = false } = {}) {
  const { status, signal, error, stdout, stderr } = spawnSync(program, args, {
    stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", 2, 2],
    encoding: "utf8",
    shell,
  });
  if (status === 0) return;
  if (quiet) process.stderr.write(`${stdout}${stderr}`);
  if (error) throw new SetupError(`Cannot ${act}: ${error.message}`);
  if (signal) throw new SetupError(`Cannot ${act}: ended by ${signal}`);
  throw new SetupError(`Cannot ${act}: exit code ${status}, see the lines above`);
}

/** Runs npm with the Node that runs this, whichever other one PATH holds. */
export function runNpm(act, args, options = {}) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith("npm-cli.js")) run(act, process.execPath, [cli, ...args], options);
  else run(act, "npm", args, { ...options, shell: process.platform === "win32" });
}
