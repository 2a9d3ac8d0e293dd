import { existsSync, rmSync, writeFileSync } from "node:fs";

/**
 * A note beside the file that it was found damaged while it was open. The next opening, by this
 * process or after a crash, then reads the whole file before it trusts it.
 */
export function suspect(path: string): void {
  attempt(() => writeFileSync(noteOf(path), "", { mode: 0o600 }));
}

export function isSuspect(path: string): boolean {
  return existsSync(noteOf(path));
}

export function clearSuspicion(path: string): void {
  attempt(() => rmSync(noteOf(path), { force: true }));
}

function noteOf(path: string): string {
  return `${path}.suspect`;
}

function attempt(change: () => void): void {
  try {
    change();
  } catch {
    // The note only saves time: on a full or read-only disk damage is found again by whoever meets it.
  }
}
