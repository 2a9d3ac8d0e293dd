/** How long a connection that timed out is left alone. */
export interface HoldOff {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** A connection that was up this long before it timed out has a clean record. */
const cleanAfterMs = 5_000;

/**
 * Time to leave a connection alone after a timeout: the least after a good while, twice the last one
 * where it timed out again soon after it had come back.
 */
export function holdOffMs(holdOff: HoldOff, lastMs: number, upForMs: number): number {
  if (upForMs >= cleanAfterMs || lastMs === 0) return holdOff.leastMs;
  return Math.min(holdOff.mostMs, lastMs * 2);
}
