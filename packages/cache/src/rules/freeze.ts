/**
 * Freezes plain objects and arrays all the way down. Answers whether nothing in the value can be
 * changed any more: a Date, a Map, a Set and bytes cannot be frozen, so a value that holds one is
 * never handed out itself, see `handOut`.
 */
export function deepFreeze(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) {
    let frozen = true;
    for (const item of value) if (!deepFreeze(item)) frozen = false;
    Object.freeze(value);
    return frozen;
  }
  if (value instanceof Map || value instanceof Set) {
    for (const item of value) deepFreeze(item);
    return false;
  }
  if (!isRecord(value)) return false;
  let frozen = true;
  for (const key in value) if (!deepFreeze(value[key])) frozen = false;
  Object.freeze(value);
  return frozen;
}

/**
 * A value as a caller gets it. `frozen` is what `deepFreeze` answered: a value that can be changed is
 * copied for each caller, so that none changes it for the others. With `copyOnRead` every caller gets
 * a copy of its own that can be changed.
 */
export function handOut(value: unknown, frozen: boolean, copyOnRead: boolean): unknown {
  if (frozen && !copyOnRead) return value;
  const copy = copyOf(value);
  if (!copyOnRead) deepFreeze(copy);
  return copy;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  if (value instanceof Date) return new Date(value);
  if (value instanceof Map)
    return new Map(Array.from(value, ([key, part]) => [copyOf(key), copyOf(part)]));
  if (value instanceof Set) return new Set(Array.from(value, copyOf));
  if (Buffer.isBuffer(value)) return Buffer.from(value);
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)]));
}

/** Of what the decoder makes, whatever is neither a Date nor bytes is a plain object. */
function isRecord(value: object): value is Readonly<Record<string, unknown>> {
  return !(value instanceof Date || value instanceof Uint8Array);
}
