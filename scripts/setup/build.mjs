import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.mjs";
import { say } from "./report.mjs";

/** Compiles what changed since the last build. */
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
}
