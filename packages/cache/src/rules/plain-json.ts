/** What a value is to JSON. */
export type Plainness = "plain" | "not-plain" | "too-large";

/** The deepest nesting that is carried; keeps every walk over a value off the end of the stack. */
export const maxDepth = 256;

const notPlain = -1;
const tooLarge = -2;

/**
 * Whether JSON gives the value back exactly as it is, asked in one walk that builds nothing. What is
 * surely longer than `maxBytes` is found without being written out, even where parts that are shared
 * make the text far larger than the value.
 */
export function plainness(value: unknown, maxBytes: number): Plainness {
  const left = spend(value, maxBytes, 0);
  if (left >= 0) return "plain";
  return left === tooLarge ? "too-large" : "not-plain";
}

/** What is left of `budget` after the least that the value takes; negative: why it cannot be told. */
function spend(value: unknown, budget: number, depth: number): number {
  if (typeof value === "string") return afford(budget - value.length - 2);
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0) ? afford(budget - 1) : notPlain;
  }
  if (typeof value === "boolean" || value === null) return afford(budget - 4);
  if (typeof value !== "object" || depth === maxDepth) return notPlain;
  return Array.isArray(value)
    ? spendItems(value, budget, depth)
    : spendObject(value, budget, depth);
}

function afford(left: number): number {
  return left < 0 ? tooLarge : left;
}

function spendItems(items: readonly unknown[], budget: number, depth: number): number {
  if (Object.getPrototypeOf(items) !== Array.prototype) return notPlain;
  let left = budget - 1;
  for (let index = 0; index < items.length; index += 1) {
    left = spend(items[index], left - 1, depth + 1);
    if (left < 0) return left;
  }
  return afford(left);
}

function spendObject(object: object, budget: number, depth: number): number {
  if (!isPlainObject(object) || Object.getOwnPropertySymbols(object).length > 0) return notPlain;
  let left = budget - 1;
  for (const key in object) {
    left = spend(object[key], left - key.length - 4, depth + 1);
    if (left < 0) return left;
  }
  return afford(left);
}

/** Whether the object is nobody's instance. */
export function isPlainObject(object: object): object is Readonly<Record<string, unknown>> {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}
