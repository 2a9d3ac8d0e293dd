import { setTimeout as pause } from "node:timers/promises";
import { TestkitError } from "../testkit-error.js";
import { before } from "../wait/before.js";
import type { HoleCache } from "./subject.js";

/** What `answerOf` says for null, for silence, and before the code of an error. */
export const nothing = "nothing";
export const silence = "no answer";
export const refused = "refused";

/** What a call comes to, as text: its value, "nothing", "refused: <code>", or "no answer". */
export async function answerOf(call: Promise<unknown>, withinMs = 3_000): Promise<string> {
  try {
    return textOf(await before(call, withinMs, "get an answer"));
  } catch (error) {
    if (error instanceof TestkitError && error.code === "timeout") return silence;
    return `${refused}: ${codeOf(error)}`;
  }
}

/** What the cache says of the key once it says `wanted`, or else what it still says after `withinMs`. */
export async function finalAnswer(
  cache: HoleCache,
  key: string,
  wanted: string,
  withinMs = 2_000,
): Promise<string> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const said = await answerOf(cache.get(key));
    if (said === wanted || performance.now() > deadline) return said;
    await pause(20);
  }
}

function textOf(value: unknown): string {
  if (value === null) return nothing;
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Map) return `Map ${JSON.stringify([...value])}`;
  if (value instanceof Date) return `Date ${value.toISOString()}`;
  return JSON.stringify(value) ?? "undefined";
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
