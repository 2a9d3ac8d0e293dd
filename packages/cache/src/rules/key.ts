import { CacheError, type CacheErrorCode } from "../cache-error.js";
import { quote } from "./quote.js";

/** The longest key, in bytes of UTF-8. */
export const maxKeyBytes = 512;

/** Most keys are printable ASCII, which one test tells four times faster than a walk. */
const notPlain = /[^ -~]/;

/** The kind of keys that name none. */
export const otherKind = "other";

/**
 * Refuses what cannot be a key in every tier: not a string, empty, over 512 bytes, with NUL, or
 * with lone surrogates, which UTF-8 turns into one and the same character.
 *
 * @throws CacheError `invalid-key`.
 */
export function checkKey(key: unknown, argument = "key"): asserts key is string {
  const fault = nameFault(key);
  if (fault !== null) throw invalidName("invalid-key", argument, key, fault);
}

/** What keeps the value from being a key or a tag; null: nothing. */
export function nameFault(name: unknown): string | null {
  if (typeof name !== "string") return "it should be a string";
  if (name.length === 0) return "it is empty";
  if (name.length > maxKeyBytes) return `it is longer than ${maxKeyBytes} bytes`;
  return notPlain.test(name) ? unitFault(name) : null;
}

function unitFault(name: string): string | null {
  let bytes = name.length;
  for (let index = 0; index < name.length; index += 1) {
    const unit = name.charCodeAt(index);
    if (unit < 0x80) {
      if (unit === 0) return "it contains NUL";
    } else if (unit < 0x800) {
      bytes += 1;
    } else if (unit < 0xd800 || unit > 0xdfff) {
      bytes += 2;
    } else {
      if (unit > 0xdbff || !isLowSurrogate(name.charCodeAt(index + 1))) {
        return "it contains a lone surrogate";
      }
      bytes += 2;
      index += 1;
    }
  }
  return bytes > maxKeyBytes ? `it is longer than ${maxKeyBytes} bytes` : null;
}

export function invalidName(
  code: CacheErrorCode,
  argument: string,
  value: unknown,
  fault: string,
): CacheError {
  return new CacheError(code, `Cannot use ${argument} ${quote(value)}: ${fault}`, { argument });
}

/** The text before the first colon: what the key is about. Bounded as a metric label elsewhere. */
export function kindOf(key: string): string {
  const end = key.indexOf(":");
  return end <= 0 ? otherKind : key.slice(0, end);
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
