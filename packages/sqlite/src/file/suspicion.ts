import { existsSync, rmSync, writeFileSync } from "node:fs";

/**
 * A note beside the file that it was found damaged while it was open. The next opening, by this
 * process or after a crash, then reads the whole file before it trusts it.
 */
export function suspect(path: string): void {
  try {
    writeFileSync(noteOf(path), "", { mode: 0o600 });
  } catch {
    // On a full or read-only disk the damage is found again by whoever meets it.
  }
}

export function isSuspect(path: string): boolean {
  return existsSync(noteOf(path));
}

export function clearSuspicion(path: string): void {
  rmSync(noteOf(path), { force: true });
}

function noteOf(path: string): string {
  return `${path}.suspect`;
}
