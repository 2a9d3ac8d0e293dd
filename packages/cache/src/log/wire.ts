import type { Positions } from "./positions.js";
import type { Removed } from "./removed.js";

/**
 * A row as the log carries it, as JSON with short names, because Redis holds one per written key:
 * `r` operation of the removal at this very place, `p` the removals before it; `k` keep until;
 * `s` the set: `v` value, `e` expiry, `a` place of first publication (absent: this very place),
 * `n` knew, `t` stamp, `o` operation, `g` tags.
 */
export interface Wire {
  r?: string;
  p?: Removed;
  k: number;
  s?: WireSet;
}

interface WireSet {
  v: string;
  e: number;
  a?: readonly [number, string, number];
  n?: Positions;
  t: number;
  o: string;
  g?: readonly string[];
}

/** Whether all of it is as it is written: what is half a row would be half applied, or never take the disk. */
export function isWire(value: unknown): value is Wire {
  return (
    isRecord(value) &&
    isNumber(value["k"]) &&
    isMissing(value["r"], isText) &&
    isMissing(value["p"], isRemoved) &&
    isMissing(value["s"], isWireSet)
  );
}

function isWireSet(value: unknown): value is WireSet {
  return (
    isRecord(value) &&
    isText(value["v"]) &&
    isNumber(value["e"]) &&
    isNumber(value["t"]) &&
    isText(value["o"]) &&
    isMissing(value["a"], isPlace) &&
    isMissing(value["n"], isPositions) &&
    isMissing(value["g"], isTags)
  );
}

function isMissing(value: unknown, is: (value: unknown) => boolean): boolean {
  return value === undefined || is(value);
}

function isRemoved(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isRemoval);
}

function isRemoval(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && isNumber(value[0]) && isText(value[1]);
}

function isPositions(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isNumber);
}

function isPlace(value: unknown): boolean {
  const isTriple = Array.isArray(value) && value.length === 3;
  return isTriple && isNumber(value[0]) && isText(value[1]) && isNumber(value[2]);
}

function isTags(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): boolean {
  return Number.isFinite(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}
