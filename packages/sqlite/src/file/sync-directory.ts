import { closeSync, fsyncSync, openSync } from "node:fs";

/** Makes creations and renames in a directory outlive the power, where directories can be synced. */
export function syncDirectory(directory: string): void {
  // Windows neither opens directories nor needs it.
  if (process.platform === "win32") return;
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
