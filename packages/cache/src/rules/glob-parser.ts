import { CacheError } from "../cache-error.js";
import { quote } from "./quote.js";

/** The longest pattern, in code points. */
export const maxGlobCodePoints = 512;

/** The most `*`, `?` and classes of a pattern together. */
const maxGlobWildcards = 16;

/** What one step of a match consumes. */
export type GlobToken =
  | { readonly t: "any-text" }
  | { readonly t: "any-one" }
  | { readonly t: "one"; readonly codePoint: number }
  | { readonly t: "class"; readonly negated: boolean; readonly ranges: readonly GlobRange[] };

/** Code points from `first` to `last`, both included. */
interface GlobRange {
  readonly first: number;
  readonly last: number;
}

export interface ParsedGlob {
  readonly pattern: string;
  /** The text before the first wildcard, unescaped. */
  readonly prefix: string;
  /** From the first wildcard on. */
  readonly rest: readonly GlobToken[];
}

interface Read {
  readonly token: GlobToken;
  /** Where the next token begins. */
  readonly next: number;
}

/** Takes a pattern apart. Throws CacheError `invalid-glob`. */
export function parseGlob(pattern: unknown, argument: string): ParsedGlob {
  const fault = (text: string): CacheError =>
    new CacheError("invalid-glob", `Cannot use ${argument} ${quote(pattern)}: ${text}`, {
      argument,
    });
  if (typeof pattern !== "string") throw fault("it should be a string");
  if (pattern === "") throw fault("it is empty");
  // A code point takes at most two units, so what is longer than that need not be taken apart.
  const points = pattern.length <= 2 * maxGlobCodePoints ? Array.from(pattern) : null;
  if (points === null || points.length > maxGlobCodePoints) {
    throw fault(`it is longer than ${maxGlobCodePoints} characters`);
  }
  if (pattern.includes("\0")) throw fault("it contains NUL");
  if (/\p{Surrogate}/u.test(pattern)) throw fault("it contains a lone surrogate");
  let prefix = "";
  let wildcards = 0;
  const rest: GlobToken[] = [];
  for (let index = 0; index < points.length; ) {
    const { token, next } = readToken(points, index, fault);
    index = next;
    if (token.t !== "one") wildcards += 1;
    if (wildcards > maxGlobWildcards) throw fault(`it has more than ${maxGlobWildcards} wildcards`);
    if (token.t === "one" && rest.length === 0) prefix += String.fromCodePoint(token.codePoint);
    else if (token.t !== "any-text" || rest.at(-1)?.t !== "any-text") rest.push(token);
  }
  return { pattern, prefix, rest };
}

function readToken(
  points: readonly string[],
  index: number,
  fault: (text: string) => CacheError,
): Read {
  const point = points[index];
  if (point === "*") return { token: { t: "any-text" }, next: index + 1 };
  if (point === "?") return { token: { t: "any-one" }, next: index + 1 };
  if (point === "[") return readClass(points, index + 1, fault);
  if (point !== "\\") return { token: one(point), next: index + 1 };
  if (index + 1 === points.length) throw fault("it ends in a backslash that escapes nothing");
  return { token: one(points[index + 1]), next: index + 2 };
}

/** `start` is behind the bracket. As in Redis, an escaped character begins no range. */
function readClass(
  points: readonly string[],
  start: number,
  fault: (text: string) => CacheError,
): Read {
  const negated = points[start] === "^";
  const ranges: GlobRange[] = [];
  let index = negated ? start + 1 : start;
  while (index < points.length && points[index] !== "]") {
    if (points[index] === "\\") {
      ranges.push(rangeOf(points[index + 1], points[index + 1]));
      index += 2;
    } else if (points[index + 1] === "-") {
      const last = points[index + 2];
      if (last === "]") throw fault("a range in it has no end");
      if (last === "\\") throw fault("a range in it ends in an escape");
      ranges.push(rangeOf(points[index], last));
      index += 3;
    } else {
      ranges.push(rangeOf(points[index], points[index]));
      index += 1;
    }
  }
  if (index >= points.length) throw fault("a class in it is not closed");
  if (ranges.length === 0) throw fault("a class in it is empty");
  return { token: { t: "class", negated, ranges }, next: index + 1 };
}

function one(point: string | undefined): GlobToken {
  return { t: "one", codePoint: codePointOf(point) };
}

function rangeOf(from: string | undefined, to: string | undefined): GlobRange {
  const first = codePointOf(from);
  const last = codePointOf(to);
  return first <= last ? { first, last } : { first: last, last: first };
}

function codePointOf(point: string | undefined): number {
  return point?.codePointAt(0) ?? -1;
}
