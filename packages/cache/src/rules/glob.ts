import { matchFrom } from "./glob-matcher.js";
import { parseGlob } from "./glob-parser.js";

/** A compiled pattern. */
export interface Glob {
  readonly pattern: string;
  /** The one text it can match, where it has no wildcard. */
  readonly literal: string | null;
  /** What every match begins with. */
  readonly prefix: string;
  matches(key: string): boolean;
}

/**
 * Compiles a pattern in the syntax of Redis, by code points: `*` any text, `?` one character,
 * `[abc]`, `[a-z]`, `[^y]` one character of a class or outside it, `\` takes the next one literally.
 *
 * @throws CacheError `invalid-glob`.
 */
export function compileGlob(pattern: unknown, argument = "glob"): Glob {
  const { pattern: text, prefix, rest } = parseGlob(pattern, argument);
  if (rest.length === 0) {
    return { pattern: text, literal: prefix, prefix, matches: (key) => key === prefix };
  }
  if (rest.length === 1 && rest[0]?.t === "any-text") {
    return { pattern: text, literal: null, prefix, matches: (key) => key.startsWith(prefix) };
  }
  return {
    pattern: text,
    literal: null,
    prefix,
    matches: (key) => key.startsWith(prefix) && matchFrom(key, prefix.length, rest),
  };
}

/** A pattern that matches the text and nothing else. */
export function escapeGlob(text: string): string {
  return text.replace(/[*?[\\]/g, "\\$&");
}
