import type { GlobToken } from "./glob-parser.js";

/** What a match reads of a key. */
export interface CodePoints {
  readonly length: number;
  codePointAt(index: number): number | undefined;
}

/**
 * Whether the key from `start` on matches the tokens. Iterative, with one place to come back to:
 * when a match fails, only the latest `*` takes one character more, because whatever an earlier one
 * could take, the latest can take as well. So the work is at most key times pattern.
 */
export function matchFrom(key: CodePoints, start: number, tokens: readonly GlobToken[]): boolean {
  let at = start;
  let index = 0;
  let retryToken = -1;
  let retryAt = 0;
  while (at < key.length) {
    const token = tokens[index];
    if (token?.t === "any-text") {
      index += 1;
      if (index === tokens.length) return true;
      retryToken = index;
      retryAt = at;
      continue;
    }
    const point = key.codePointAt(at) ?? -1;
    if (token !== undefined && takes(token, point)) {
      at += widthOf(point);
      index += 1;
      continue;
    }
    if (retryToken < 0) return false;
    retryAt += widthOf(key.codePointAt(retryAt) ?? -1);
    at = retryAt;
    index = retryToken;
  }
  while (tokens[index]?.t === "any-text") index += 1;
  return index === tokens.length;
}

function takes(token: GlobToken, point: number): boolean {
  switch (token.t) {
    case "one":
      return token.codePoint === point;
    case "any-one":
    case "any-text":
      return true;
    case "class":
      return (
        token.negated !== token.ranges.some((range) => point >= range.first && point <= range.last)
      );
    default:
      return token satisfies never;
  }
}

/** UTF-16 units of a code point. */
function widthOf(point: number): number {
  return point > 0xffff ? 2 : 1;
}
