/** Time as the cache sees it; injected, so that tests and the simulation move it by hand. */
export interface Clock {
  /** Wall-clock time in ms since 1970. May jump. */
  wallMs(): number;
  /** Monotonic time in ms; never goes back, goes on while the process is stopped. */
  monotonicMs(): number;
  /** Calls back once after `delayMs`; returns what cancels it. Never keeps the process alive. */
  after(delayMs: number, callback: () => void): () => void;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A number in [0, 1), as `Math.random`; injected. */
export type Random = () => number;
