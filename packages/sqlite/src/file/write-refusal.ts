import { accessSync, constants } from "node:fs";
import type { SqliteError } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";

/** Why the system lets nobody write to the file now; undefined where it does. */
export function writeRefusal(path: string): SqliteError | undefined {
  try {
    accessSync(path, constants.W_OK);
    return undefined;
  } catch (cause) {
    return translateError(`write to "${path}"`, cause);
  }
}
