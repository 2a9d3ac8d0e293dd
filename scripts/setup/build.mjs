import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundle } from "./bundle.mjs";
import { run } from "./command.mjs";
import { say } from "./report.mjs";

/** Compiles and bundles what changed since the last build: that project with all that it needs; by default everything. */
export async function build(project = ".") {
  const projects = neededBy(project).filter((one) => one !== ".");
  const unbuilt = projects.filter((one) => compiles(one) && !existsSync(join(one, "dist")));
  if (unbuilt.length > 0) say(`building ${unbuilt.map((one) => basename(one)).join(", ")}`);
  // The compiler trusts its own notes: where they outlived the output, it would write nothing.
  const notesAlone = unbuilt.some((one) => existsSync(join(one, "tsconfig.tsbuildinfo")));
  const tsc = join("node_modules", "typescript", "bin", "tsc");
  run("build", process.execPath, [tsc, "-b", project, ...(notesAlone ? ["--force"] : [])]);
  for (const one of projects) await bundle(one);
}

/** The project and every project that it refers to, each once, the deepest first. */
export function neededBy(project, seen = new Set()) {
  if (seen.has(project)) return [];
  seen.add(project);
  const { references = [] } = settings(project);
  return [...references.flatMap(({ path }) => neededBy(join(project, path), seen)), project];
}

/** False for a project that is only checked. */
function compiles(project) {
  return settings(project).compilerOptions?.noEmit !== true;
}

function settings(project) {
  return JSON.parse(readFileSync(join(project, "tsconfig.json"), "utf8"));
}
