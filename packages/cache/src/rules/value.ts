import { isUtf8 } from "node:buffer";
import { CacheError } from "../cache-error.js";
import { deepFreeze } from "./freeze.js";
import { plainness } from "./plain-json.js";
import { tagValue, untagValue } from "./tagged-json.js";
import { invalidValue } from "./value-fault.js";

/** The longest value, in bytes of its encoded form. */
const maxValueBytes = 1_000_000;

/** The first character says how the rest is to be read; it is never one that begins JSON. */
const plainFormat = "J";
const taggedFormat = "T";

/** A value read back, or why the text or bytes are not one; callers take those for a miss. */
export type Decoded =
  | {
      readonly t: "value";
      readonly value: unknown;
      /** Whether the value is frozen through and through and may be shared. See `handOut`. */
      readonly frozen: boolean;
    }
  | { readonly t: "undecodable"; readonly reason: string };

/**
 * The value as text: JSON, with Date, BigInt, Map, Set and bytes by tag where it holds any. It comes
 * back as it went in, except that objects without a prototype come back with one, and that
 * properties which are not enumerable do not come back.
 *
 * @throws CacheError `invalid-value` for what no tier can carry: undefined, a function, a symbol, NaN,
 *   an infinity, instances of other classes, a cycle (anywhere in it), null (at the top), and what is
 *   longer than `maxBytes`.
 */
export function encodeText(value: unknown, maxBytes: number = maxValueBytes): string {
  if (value === null) {
    throw invalidValue(
      [],
      "it is null, which only a loader may answer; to remove the key, delete it",
    );
  }
  try {
    const text = encode(value, maxBytes);
    // No character takes more than three bytes a unit, so most texts need no counting.
    if (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes) throw tooLong(maxBytes);
    return text;
  } catch (error) {
    if (error instanceof CacheError) throw error;
    throw invalidValue([], "reading it failed", error);
  }
}

/** As `encodeText`, as UTF-8. */
export function encodeValue(value: unknown, maxBytes: number = maxValueBytes): Uint8Array {
  return Buffer.from(encodeText(value, maxBytes));
}

/** What `encodeText` was given, deep-frozen. */
export function decodeText(text: string): Decoded {
  const format = text[0];
  if (format !== plainFormat && format !== taggedFormat) {
    return undecodable("its format is unknown");
  }
  try {
    const json: unknown = JSON.parse(text.slice(1));
    const value = format === plainFormat ? json : untagValue(json);
    return { t: "value", value, frozen: deepFreeze(value) };
  } catch {
    return undecodable("it is not whole");
  }
}

/** What `encodeValue` was given, deep-frozen. */
export function decodeValue(bytes: Uint8Array): Decoded {
  // Broken UTF-8 would be read as other characters, and so as another value.
  if (!isUtf8(bytes)) return undecodable("it is not UTF-8");
  return decodeText(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
}

/** Plain JSON that another program wrote, as this one would have written it; null for what it would not. */
export function encodePlainJson(text: string): string | null {
  const decoded = decodeText(plainFormat + text);
  if (decoded.t === "undecodable" || decoded.value === null) return null;
  try {
    return encodeText(decoded.value);
  } catch {
    return null;
  }
}

function encode(value: unknown, maxBytes: number): string {
  switch (plainness(value, maxBytes)) {
    case "plain":
      return plainFormat + JSON.stringify(value);
    case "not-plain":
      return taggedFormat + JSON.stringify(tagValue(value, maxBytes));
    case "too-large":
      throw tooLong(maxBytes);
  }
}

function tooLong(maxBytes: number): CacheError {
  return invalidValue([], `it is longer than ${maxBytes} bytes`);
}

function undecodable(reason: string): Decoded {
  return { t: "undecodable", reason };
}
