import { randomBytes } from "node:crypto";
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { ControlError } from "../control-error.js";

/** Makes the directory, for its owner alone, where it is not there yet. */
export function ensureOwnDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(path, cause);
  }
}

/** Replaces the file as a whole, mode 0600; readers see the old or the new one. */
export function writeOwnerOnly(path: string, text: string): void {
  ensureOwnDirectory(dirname(path));
  const draft = `${path}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: "wx" });
    // The umask can only take bits away, but a directory's default ACL can add some.
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (cause) {
    rmSync(draft, { force: true });
    throw unusable(path, cause);
  }
}

/**
 * Reads a secret that nobody else may read.
 *
 * @throws ControlError `state-directory` where it cannot be read or others can read it too.
 */
export function readOwnerOnly(path: string): string {
  try {
    const mode = statSync(path).mode & 0o777;
    if (process.platform !== "win32" && (mode & 0o077) !== 0) {
      throw new ControlError(
        "state-directory",
        `Cannot use ${JSON.stringify(path)}: its mode is 0${mode.toString(8)}, others must not read it; run "chmod 600" on it`,
      );
    }
    return readFileSync(path, "utf8").trim();
  } catch (cause) {
    if (cause instanceof ControlError) throw cause;
    throw unusable(path, cause);
  }
}

/** The secret in the file, made where there is none; whoever comes first decides. */
export function readOrMakeSecret(path: string, make: () => string): string {
  try {
    ensureOwnDirectory(dirname(path));
    writeFileSync(path, `${make()}\n`, { mode: 0o600, flag: "wx" });
    chmodSync(path, 0o600);
  } catch (cause) {
    if (!isSystemError(cause, "EEXIST")) throw unusable(path, cause);
  }
  return readOwnerOnly(path);
}

export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function unusable(path: string, cause: unknown): ControlError {
  if (cause instanceof ControlError) return cause;
  const state = cause instanceof Error ? cause.message : String(cause);
  return new ControlError("state-directory", `Cannot use ${JSON.stringify(path)}: ${state}`, {
    cause,
  });
}
