import { readFileSync } from "node:fs";
import { runNpm } from "./command.mjs";
import { say } from "./report.mjs";

// npm writes this file last, so an interrupted installation has none.
const stamp = "node_modules/.package-lock.json";

// Nobody who starts a program can mend what its packages' packages would like.
const onlyErrors = ["--loglevel=error"];

/** Installs what package-lock.json names, unless exactly that is there. */
export function installDependencies() {
  const locked = packagesIn("package-lock.json") ?? {};
  const installed = packagesIn(stamp);
  if (installed !== undefined && isComplete(locked, installed)) return;
  const work = installed === undefined ? "installing" : "package-lock.json has changed, installing";
  say(`${work} the dependencies (npm ci)`);
  runNpm("install the dependencies", ["ci", "--prefer-offline", ...onlyErrors]);
}

/** True where every package that must be there is there in its locked version. */
export function isComplete(locked, installed) {
  return Object.entries(locked).every(
    ([path, entry]) =>
      path === "" ||
      entry.extraneous === true ||
      ((entry.optional || entry.devOptional) && installed[path] === undefined) ||
      sameInstall(entry, installed[path]),
  );
}

function sameInstall(locked, installed) {
  return (
    installed !== undefined &&
    locked.version === installed.version &&
    locked.integrity === installed.integrity &&
    JSON.stringify(locked.bin) === JSON.stringify(installed.bin)
  );
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
