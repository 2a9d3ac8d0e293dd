import { SetupError } from "./report.mjs";

const oldest = [20, 19];

/** Refuses a Node on which Holdfast does not run. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new SetupError(
    `Cannot run Holdfast: this is Node "${version}", it needs ${oldest.join(".")} or later (https://nodejs.org)`,
  );
}
