import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeOwnerOnly } from "@holdfast/control";

/** How the other commands find what `holdfast up` runs. Holds a token: mode 0600. */
export interface UpFile {
  readonly pid: number;
  readonly realm: string;
  readonly controlUrl: string;
  readonly tokenFile: string;
  readonly drillUrl: string;
  readonly drillToken: string;
}

function pathIn(stateDirectory: string): string {
  return join(stateDirectory, "up.json");
}

export function writeUpFile(stateDirectory: string, file: UpFile): void {
  writeOwnerOnly(pathIn(stateDirectory), `${JSON.stringify(file)}\n`);
}

export function removeUpFile(stateDirectory: string): void {
  rmSync(pathIn(stateDirectory), { force: true });
}

/** Null where no `holdfast up` runs: the file of one that was killed is not believed. */
export function readUpFile(stateDirectory: string): UpFile | null {
  let file: Partial<UpFile>;
  try {
    file = JSON.parse(readFileSync(pathIn(stateDirectory), "utf8"));
  } catch {
    return null;
  }
  const { pid, realm, controlUrl, tokenFile, drillUrl, drillToken } = file;
  if (pid === undefined || realm === undefined || controlUrl === undefined) return null;
  if (tokenFile === undefined || drillUrl === undefined || drillToken === undefined) return null;
  return isAlive(pid) ? { pid, realm, controlUrl, tokenFile, drillUrl, drillToken } : null;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
