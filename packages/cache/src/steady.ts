import type { Clock } from "./clock.js";

/** Wall and monotonic time may drift apart by so much before a jump of the wall clock is assumed. */
const toleratedDriftMs = 60_000;

/** Where the wall clock was set back between two runs nobody knows for how long none ran: so much is assumed. */
const assumedPauseMs = 60_000;

/**
 * The cache's own time: the wall clock as it stood at the start, never before the latest time an
 * earlier run had seen, and monotonic from then on. A wall clock that is set forward or back while
 * the program runs neither destroys what is held nor prolongs it.
 */
export class SteadyClock {
  readonly #clock: Clock;
  readonly #wallAtStartMs: number;
  readonly #monotonicAtStartMs: number;
  readonly startMs: number;

  constructor(clock: Clock, latestSeenMs: number) {
    this.#clock = clock;
    this.#wallAtStartMs = clock.wallMs();
    this.#monotonicAtStartMs = clock.monotonicMs();
    const setBack = latestSeenMs - this.#wallAtStartMs > toleratedDriftMs;
    this.startMs = Math.max(
      this.#wallAtStartMs,
      setBack ? latestSeenMs + assumedPauseMs : latestSeenMs,
    );
  }

  nowMs(): number {
    return this.startMs + (this.#clock.monotonicMs() - this.#monotonicAtStartMs);
  }

  /** Whether the wall clock was set since the start. */
  get jumped(): boolean {
    const wall = this.#clock.wallMs() - this.#wallAtStartMs;
    const monotonic = this.#clock.monotonicMs() - this.#monotonicAtStartMs;
    return Math.abs(wall - monotonic) > toleratedDriftMs;
  }
}
