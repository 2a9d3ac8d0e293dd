import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./report.mjs";

/**
 * What is published, joined to few files: a process that starts reads hundreds of small ones slowly.
 * The writer's thread is found beside whatever starts it, so all files lie in one folder.
 */
const bundles = {
  "packages/sqlite": {
    index: "index.js",
    testing: "testing/index.js",
    "writer-thread": "writer/writer-thread.js",
  },
  "packages/cache": { index: "index.js", testing: "testing/index.js" },
};

/** Joins the compiled files of a project, where it has a bundle that is older than they are. */
export async function bundle(project) {
  const entries = bundles[project];
  if (entries === undefined || isNewer(project)) return;
  const { build } = await import("esbuild");
  const from = Object.entries(entries).map(([name, file]) => [name, join(project, "dist", file)]);
  try {
    await build({
      entryPoints: Object.fromEntries(from),
      outdir: join(project, "dist", "bundle"),
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      logLevel: "error",
    });
  } catch (error) {
    throw new SetupError(`Cannot bundle "${project}": ${error.message}`);
  }
}

function isNewer(project) {
  const made = join(project, "dist", "bundle", "index.js");
  if (!existsSync(made)) return false;
  return statSync(made).mtimeMs > statSync(join(project, "tsconfig.tsbuildinfo")).mtimeMs;
}
