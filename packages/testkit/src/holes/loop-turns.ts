/** How the event loop fared while something ran. */
export interface LoopTurns {
  /** How often other work had its turn, counted once a millisecond at most. */
  readonly turns: number;
  /** The longest time for which no other work had one. */
  readonly stallMs: number;
}

/** Runs the work beside a timer of 1 ms and tells how often and after what gaps that was called. */
export async function loopTurns(work: () => Promise<unknown>): Promise<LoopTurns> {
  let last = performance.now();
  let stallMs = 0;
  let turns = 0;
  const look = () => {
    const now = performance.now();
    stallMs = Math.max(stallMs, now - last);
    last = now;
  };
  const timer = setInterval(() => {
    turns += 1;
    look();
  }, 1);
  try {
    await work();
  } finally {
    look();
    clearInterval(timer);
  }
  return { turns, stallMs: Math.round(stallMs) };
}
