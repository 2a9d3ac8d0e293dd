import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeOwnDirectory } from "../file/owner-only.js";
import { SqliteError } from "../sqlite-error.js";
import { translateError } from "../translate-error.js";
import type { Slot, SlotPlace } from "./slot.js";
import { lockSlot } from "./slot-lock.js";

/** How {@link takeSlot} looks for a slot. */
export interface SlotOptions {
  /**
   * Processes that can share the directory.
   * @default 64
   * Bounds: 1 to 4,096.
   */
  readonly maxSlots?: number;
}

/**
 * Takes the lowest slot of `directory` that no process holds, and makes it if need be.
 *
 * @throws SqliteError `busy` when all are held, `full`, `read-only` or `io` when the disk refuses
 */
export function takeSlot(directory: string, options: SlotOptions = {}): Slot {
  const maxSlots = options.maxSlots ?? 64;
  if (!Number.isInteger(maxSlots) || maxSlots < 1 || maxSlots > 4_096) {
    throw invalid(directory, `maxSlots is "${maxSlots}", it must be an integer from 1 to 4,096`);
  }
  for (let index = 0; index < maxSlots; index += 1) {
    const slot = trySlot(directory, index);
    if (slot !== undefined) return slot;
  }
  throw new SqliteError(
    "busy",
    `Cannot take a slot in "${directory}": all ${maxSlots} are held by running processes`,
  );
}

/** Takes one particular slot, for example to finish what its last holder left; undefined where it is held. */
export function trySlot(directory: string, index: number): Slot | undefined {
  if (!Number.isInteger(index) || index < 0) {
    throw invalid(directory, `the index is "${index}", it must be a whole number`);
  }
  const place = placeOf(directory, index);
  try {
    makeOwnDirectory(place.directory);
    const unlock = lockSlot(join(place.directory, "lock"));
    return unlock === undefined ? undefined : held(place, unlock);
  } catch (cause) {
    throw translateError(`take slot ${index} of "${directory}"`, cause);
  }
}

/** The slots that were ever taken in `directory`, held or not, lowest first. */
export function listSlots(directory: string): SlotPlace[] {
  return names(directory)
    .map((name) => /^slot-(\d{1,4})$/.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map((digits) => placeOf(directory, Number(digits)))
    .toSorted((a, b) => a.index - b.index);
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (missing) return [];
    throw translateError(`list the slots of "${directory}"`, cause);
  }
}

function placeOf(directory: string, index: number): SlotPlace {
  return { index, directory: resolve(directory, `slot-${index}`) };
}

function held(place: SlotPlace, unlock: () => void): Slot {
  let release: (() => void) | undefined = unlock;
  const releaseOnce = (): void => {
    release?.();
    release = undefined;
  };
  return {
    ...place,
    release: releaseOnce,
    [Symbol.asyncDispose]: async () => releaseOnce(),
  };
}

function invalid(directory: string, state: string): SqliteError {
  return new SqliteError("invalid", `Cannot take a slot in "${directory}": ${state}`);
}
