/** How long the benches take. */
export interface Effort {
  /** Rounds in which the contenders take turns. */
  readonly rounds: number;
  /** Multiplies counts of keys and calls. */
  readonly scale: number;
}

/** What the table is made with. */
export const full: Effort = { rounds: 7, scale: 1 };

/** To see whether a bench runs; its figures say little. */
export const quick: Effort = { rounds: 2, scale: 0.05 };

/** A count at that effort, never less than `least`. */
export function scaled(count: number, effort: Effort, least = 100): number {
  return Math.max(least, Math.round(count * effort.scale));
}
