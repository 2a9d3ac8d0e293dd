import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run, runNpm } from "./command.mjs";
import { say } from "./report.mjs";

/** Compiles what changed since the last build and links the `holdfast` command. */
export function build() {
  const rooms = readdirSync("packages").filter((room) =>
    existsSync(`packages/${room}/tsconfig.json`),
  );
  const unbuilt = rooms.filter((room) => !existsSync(`packages/${room}/dist`));
  if (unbuilt.length > 0) say(`building ${unbuilt.join(", ")}`);
  // The compiler trusts its own notes: where they outlived the output, it would write nothing.
  const notesAlone = unbuilt.some((room) => existsSync(`packages/${room}/tsconfig.tsbuildinfo`));
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  run("build", process.execPath, [tsc, "-b", ...(notesAlone ? ["--force"] : [])]);
  linkCommand();
}

/** npm links a command only when its file exists, which before the first build it does not. */
function linkCommand() {
  const { bin } = JSON.parse(readFileSync("packages/cli/package.json", "utf8"));
  if (!existsSync(join("packages/cli", bin.holdfast))) return;
  if (existsSync("node_modules/.bin/holdfast")) return;
  runNpm("link the command", ["rebuild", "--offline", "--ignore-scripts", "holdfast"], {
    quiet: true,
  });
}
