import { randomBytes } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isSystemError, readOrMakeSecret, writeOwnerOnly } from "./owner-only-file.js";

/** The files of a state directory. */
export interface StateFiles {
  readonly directory: string;
  readonly tokenFile: string;
  readonly fleetKeyFile: string;
  readonly cacheDirectory: string;
  /** Where the control plane says that and where it listens. */
  readonly controlFile: string;
}

/** What the control file says while the control plane runs. */
export interface ControlAddress {
  readonly url: string;
  readonly pid: number;
  readonly tokenFile: string;
}

export function stateFiles(directory: string): StateFiles {
  return {
    directory,
    tokenFile: join(directory, "token"),
    fleetKeyFile: join(directory, "fleet-key"),
    cacheDirectory: join(directory, "cache"),
    controlFile: join(directory, "control.json"),
  };
}

/** The bearer token; the first start makes it. */
export function loadToken(files: StateFiles): string {
  return readOrMakeSecret(files.tokenFile, () => `hf_${randomBytes(32).toString("base64url")}`);
}

export function writeControlAddress(files: StateFiles, address: ControlAddress): void {
  writeOwnerOnly(files.controlFile, `${JSON.stringify(address)}\n`);
}

/** Removes the file unless a successor has written its own there. */
export function removeControlAddress(files: StateFiles, pid: number): void {
  if (readControlAddress(files)?.pid === pid) rmSync(files.controlFile, { force: true });
}

/** Null where no control plane has said where it is. */
export function readControlAddress(files: StateFiles): ControlAddress | null {
  let text: string;
  try {
    text = readFileSync(files.controlFile, "utf8");
  } catch (error) {
    if (isSystemError(error, "ENOENT")) return null;
    throw error;
  }
  const value: Partial<ControlAddress> = JSON.parse(text);
  const { url, pid, tokenFile } = value;
  if (typeof url !== "string" || typeof pid !== "number" || typeof tokenFile !== "string") {
    return null;
  }
  return { url, pid, tokenFile };
}
