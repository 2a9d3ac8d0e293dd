import { CacheError } from "../cache-error.js";

const longestPath = 160;

/** How to reach a part of a value, from the outside in. */
export type ValuePath = readonly string[];

/** The one step into a property, as source code would write it. */
export function propertyStep(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** The error for a value that no tier can carry: which part of it, and what that part is. */
export function invalidValue(path: ValuePath, fault: string, cause?: unknown): CacheError {
  const full = `value${path.join("")}`;
  const place = full.length <= longestPath ? full : `${full.slice(0, longestPath)}…`;
  return new CacheError("invalid-value", `Cannot carry ${place}: ${fault}`, {
    argument: "value",
    ...(cause === undefined ? {} : { cause }),
  });
}
