/** The machine's clocks with an offset that a test moves; timers run in real time. */
export interface ShiftedClock {
  wallMs(): number;
  monotonicMs(): number;
  after(delayMs: number, callback: () => void): () => void;
  /** Time passes. */
  advance(ms: number): void;
  /** The wall clock alone is set. */
  jumpWall(ms: number): void;
}

export function shiftedClock(wallAheadMs = 0): ShiftedClock {
  let passedMs = 0;
  let aheadMs = wallAheadMs;
  return {
    wallMs: () => Date.now() + passedMs + aheadMs,
    monotonicMs: () => performance.now() + passedMs,
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs);
      timer.unref();
      return () => clearTimeout(timer);
    },
    advance(ms) {
      passedMs += ms;
    },
    jumpWall(ms) {
      aheadMs += ms;
    },
  };
}
