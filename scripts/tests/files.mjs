import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const places = {
  unit: ["packages", "scripts", "tests/*"],
  all: ["packages", "scripts", "bench", "examples", "tests"],
  published: ["packages/sqlite", "packages/cache"],
  soak: ["tests/soak"],
};
const closed = new Set(["node_modules", "dist", "soak"]);

/** The scopes that can be named on the command line. */
export const scopes = Object.keys(places);

/** The test files of a scope, sorted. A place that ends in "/*" is taken without its folders. */
export function testFiles(scope) {
  return places[scope]
    .flatMap((place) =>
      place.endsWith("/*") ? inFolder(place.slice(0, -2), false) : inFolder(place, true),
    )
    .sort();
}

function inFolder(folder, deep) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return deep && !closed.has(entry.name) ? inFolder(path, true) : [];
    return /\.test\.(ts|mjs)$/.test(entry.name) ? [path] : [];
  });
}
