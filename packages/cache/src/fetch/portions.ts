import { deepFreeze, handOut } from "../rules/freeze.js";

/**
 * Gives one value to several callers: what is frozen is shared, of what can be changed each gets a
 * copy of its own, the first the value itself.
 */
export function portionsOf(value: unknown, copyOnRead: boolean): () => unknown {
  let first = true;
  let frozen: boolean | null = null;
  return () => {
    if (first) {
      first = false;
      return value;
    }
    frozen ??= !copyOnRead && deepFreeze(value);
    return handOut(value, frozen, copyOnRead);
  };
}
