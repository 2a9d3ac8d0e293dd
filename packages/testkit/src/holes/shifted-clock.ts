/** The machine's clocks with an offset that a test moves; timers run in real time and when they are moved past. */
export interface ShiftedClock {
  wallMs(): number;
  monotonicMs(): number;
  after(delayMs: number, callback: () => void): () => void;
  /** Time passes: both clocks move, and what falls due is called at once. */
  advance(ms: number): void;
  /** The wall clock alone is set. */
  jumpWall(ms: number): void;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
  readonly real: NodeJS.Timeout;
}

export interface ShiftedClockOptions {
  /** How far the wall clock is ahead of the machine's. @default 0 */
  readonly wallAheadMs?: number;
  /** True: both clocks stand still between two moves, however long the machine takes. @default false */
  readonly stands?: boolean;
}

export function shiftedClock(options: ShiftedClockOptions = {}): ShiftedClock {
  const { wallAheadMs = 0, stands = false } = options;
  const startWallMs = Date.now();
  const startMonotonicMs = performance.now();
  let passedMs = 0;
  let aheadMs = wallAheadMs;
  const timers = new Set<Timer>();
  const monotonicMs = () => (stands ? startMonotonicMs : performance.now()) + passedMs;
  return {
    wallMs: () => (stands ? startWallMs : Date.now()) + passedMs + aheadMs,
    monotonicMs,
    after(delayMs, callback) {
      const real = setTimeout(() => {
        timers.delete(timer);
        callback();
      }, delayMs);
      real.unref();
      const timer: Timer = { dueMs: monotonicMs() + delayMs, callback, real };
      timers.add(timer);
      return () => {
        timers.delete(timer);
        clearTimeout(real);
      };
    },
    advance(ms) {
      passedMs += ms;
      const now = monotonicMs();
      const due = [...timers].filter((timer) => timer.dueMs <= now);
      for (const timer of due.toSorted((left, right) => left.dueMs - right.dueMs)) {
        if (!timers.delete(timer)) continue;
        clearTimeout(timer.real);
        timer.callback();
      }
    },
    jumpWall(ms) {
      aheadMs += ms;
    },
  };
}
