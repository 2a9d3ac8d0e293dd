import { escapeGlob } from "./glob.js";
import { maxGlobCodePoints } from "./glob-parser.js";

/** The longest text that all begin with; never ends within a character. */
export function commonPrefix(texts: readonly string[]): string {
  const [first, ...others] = texts;
  if (first === undefined) return "";
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && first.charCodeAt(same) === other.charCodeAt(same)) same += 1;
    length = same;
  }
  return wholeCharacters(first.slice(0, length));
}

/**
 * A pattern that matches whatever begins with the prefix, and more where the prefix is too long for
 * a pattern.
 */
export function prefixGlob(prefix: string): string {
  let pattern = "";
  let length = 1;
  for (const point of prefix) {
    const escaped = escapeGlob(point);
    length += escaped === point ? 1 : 2;
    if (length > maxGlobCodePoints) break;
    pattern += escaped;
  }
  return `${pattern}*`;
}

function wholeCharacters(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}
