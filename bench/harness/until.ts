import { setTimeout as pause } from "node:timers/promises";

/** Waits until it holds, looking every few milliseconds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline)
      throw new Error(`Cannot wait until ${what}: ${withinMs} ms are over`);
    await pause(2);
  }
}
