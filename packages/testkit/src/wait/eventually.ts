import { setTimeout as pause } from "node:timers/promises";
import { TestkitError } from "../testkit-error.js";

export interface EventuallyOptions {
  /** How long the state may take to come about. @default 5_000 */
  readonly withinMs?: number;
  /** Pause between two looks. @default 10 */
  readonly everyMs?: number;
  /** Why the state can no longer come about: thrown at once instead of waiting on. */
  readonly unless?: () => Error | undefined;
}

/**
 * Looks until `check` neither throws nor answers `false`, and answers what it answered.
 *
 * @throws TestkitError `timeout`, whose cause is what the last look threw.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  options: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const { withinMs = 5_000, everyMs = 10 } = options;
  const deadline = performance.now() + withinMs;
  for (;;) {
    const look = await attempt(check);
    if (look.t === "reached") return look.value;
    const hopeless = options.unless?.();
    if (hopeless !== undefined) throw hopeless;
    if (performance.now() >= deadline) throw tooLate(withinMs, look.cause);
    await pause(everyMs);
  }
}

type Look<T> =
  | { readonly t: "reached"; readonly value: Exclude<T, false> }
  | { readonly t: "not-yet"; readonly cause: unknown };

async function attempt<T>(check: () => T | Promise<T>): Promise<Look<T>> {
  try {
    const value = await check();
    if (value === false) return { t: "not-yet", cause: undefined };
    return { t: "reached", value: value as Exclude<T, false> };
  } catch (cause) {
    return { t: "not-yet", cause };
  }
}

function tooLate(withinMs: number, cause: unknown): TestkitError {
  const last = cause instanceof Error ? `: ${cause.message}` : "";
  return new TestkitError("timeout", `Cannot wait longer than ${withinMs} ms for a state${last}`, {
    cause,
  });
}
