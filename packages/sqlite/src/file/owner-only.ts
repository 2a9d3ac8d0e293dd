import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";

/** Makes a directory that only its owner can enter, with those above it that are missing. */
export function makeOwnDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/**
 * Makes sure that a file exists and that only its owner can read it. SQLite gives its log and its
 * index the mode of the file, so this has to come before the first connection.
 */
export function makeOwnFile(path: string): void {
  closeSync(openSync(path, "a", 0o600));
  for (const name of [path, `${path}-wal`, `${path}-shm`]) narrow(name);
}

function narrow(path: string): void {
  try {
    chmodSync(path, 0o600);
  } catch {
    // Missing, another owner's or on a read-only disk: none of it keeps us from reading.
  }
}
