import { CacheError } from "./cache-error.js";
import { quote } from "./rules/quote.js";

/** Refuses what is no object, and fields that are not known, with the nearest one that is. Null: any field. */
export function checkRecord(path: string, value: unknown, known: readonly string[] | null): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalidOption(path, value, "an object");
  }
  if (known === null) return;
  for (const field of Object.keys(value)) {
    if (known.includes(field)) continue;
    const message = `Cannot use ${path}: there is no field ${quote(field)}, the nearest is ${quote(nearest(field, known))}`;
    throw new CacheError("invalid-option", message, { argument: `${path}.${field}` });
  }
}

export function checkString(path: string, value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw invalidOption(path, value, "a string that is not empty");
}

export function checkBoolean(path: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalidOption(path, value, "true or false");
}

/** The number, where it is within its bounds. */
export function checkNumber(path: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  throw invalidOption(path, value, `a number from ${least} to ${most}`);
}

/** As `checkNumber`, of what is counted. */
export function checkWhole(path: string, value: unknown, least: number, most: number): number {
  if (Number.isInteger(value)) return checkNumber(path, value, least, most);
  throw invalidOption(path, value, `a whole number from ${least} to ${most}`);
}

export function checkOneOf<T extends string>(
  path: string,
  value: unknown,
  allowed: readonly T[],
): T {
  const found = allowed.find((one) => one === value);
  if (found !== undefined) return found;
  throw invalidOption(path, value, `one of ${allowed.map((one) => `"${one}"`).join(", ")}`);
}

export function invalidOption(path: string, value: unknown, wanted: string): CacheError {
  const message = `Cannot use ${path} ${quote(value)}: it should be ${wanted}`;
  return new CacheError("invalid-option", message, { argument: path });
}

/** The known name that takes the fewest insertions, deletions and replacements. */
function nearest(name: string, known: readonly string[]): string {
  const [best] = known.toSorted((left, right) => distance(name, left) - distance(name, right));
  return best ?? "";
}

function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous.at(-1) ?? 0;
}
