import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a directory that only its owner can enter, with those above it that are missing. One by one:
 * in a single call the runtime says "not found" where the truth is that the disk is read-only.
 */
export function makeOwnDirectory(directory: string): void {
  if (existsSync(directory)) return;
  makeOwnDirectory(dirname(resolve(directory)));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another process may have been first.
    if (!existsSync(directory)) throw error;
  }
}

/**
 * Makes a file that only its owner can read, unless it is there. SQLite gives its log and its index
 * the mode of the file, so this has to come before the first connection.
 */
export function makeOwnFile(path: string): void {
  // Never opens a file that exists: closing it again would drop every lock that this process holds on it.
  if (!existsSync(path)) {
    try {
      closeSync(openSync(path, "wx", 0o600));
    } catch (error) {
      if (!existsSync(path)) throw error;
    }
  }
  narrowFile(path);
}

/** Takes everybody else's access to a file that is there, and to what SQLite keeps beside it. */
export function narrowFile(path: string): void {
  for (const name of [path, `${path}-wal`, `${path}-shm`]) narrow(name);
}

function narrow(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    // Missing, another owner's or on a read-only disk: none of it keeps us from reading.
  }
}
