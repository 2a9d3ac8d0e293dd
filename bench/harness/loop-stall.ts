import { monitorEventLoopDelay } from "node:perf_hooks";

/** How late a timer of that resolution may be by itself. */
const resolutionMs = 1;

/** The longest time in ms for which the event loop kept a timer of one millisecond waiting while the work ran. */
export async function loopStallMs(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  // It counts from turn to turn, so it needs one before the work.
  await new Promise((resolve) => setTimeout(resolve, 10));
  await work();
  // A timer that is late by then is counted when its turn comes.
  await new Promise((resolve) => setTimeout(resolve, 10));
  delay.disable();
  return Math.max(0, delay.max / 1e6 - resolutionMs);
}
