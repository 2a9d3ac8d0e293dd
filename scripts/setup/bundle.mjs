import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
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
  const outdir = join(project, "dist", "bundle");
  try {
    const { metafile } = await build({
      entryPoints: Object.fromEntries(from),
      outdir,
      metafile: true,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "node",
      target: "node20",
      packages: "external",
      logLevel: "error",
    });
    keepOnly(outdir, Object.keys(metafile.outputs));
  } catch (error) {
    throw new SetupError(`Cannot bundle "${project}": ${error.message}`);
  }
}

/** Removes what an earlier build left: shared parts are named for what is in them. */
function keepOnly(folder, files) {
  const made = new Set(files.map((file) => basename(file)));
  for (const name of readdirSync(folder)) if (!made.has(name)) rmSync(join(folder, name));
}

function isNewer(project) {
  const made = join(project, "dist", "bundle", "index.js");
  if (!existsSync(made)) return false;
  return statSync(made).mtimeMs > statSync(join(project, "tsconfig.tsbuildinfo")).mtimeMs;
}
