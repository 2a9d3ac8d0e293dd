import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const closed = new Set(["node_modules", "dist", ".git", ".holdfast"]);

/** What the tests of the house itself read of a room's package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly files?: readonly string[];
  readonly description?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** The folders of packages/ that are rooms. */
export function rooms(): string[] {
  return readdirSync("packages").filter((room) => existsSync(`packages/${room}/package.json`));
}

export function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

/** Every file below a folder whose name matches, without what was installed, built or produced by a run. */
export function filesBelow(folder: string, name: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return closed.has(entry.name) ? [] : filesBelow(path, name);
    return name.test(entry.name) ? [path] : [];
  });
}
