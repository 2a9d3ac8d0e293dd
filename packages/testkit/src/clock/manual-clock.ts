export interface ManualClockOptions {
  /** Wall-clock time at the start. @default 1_700_000_000_000 */
  readonly wallMs?: number;
  /** Monotonic time at the start. @default 0 */
  readonly monotonicMs?: number;
}

/** A clock that stands still until a test moves it; fits wherever the product takes its `Clock`. */
export interface ManualClock {
  wallMs(): number;
  monotonicMs(): number;
  after(delayMs: number, callback: () => void): () => void;
  /** Moves both clocks and runs the timers that fall due, each at its own time, in order. */
  advance(ms: number): void;
  /** As `advance`, and lets promises settle before and after each timer. */
  elapse(ms: number): Promise<void>;
  /** Moves the wall clock alone, forward or back, as an administrator or NTP does. */
  jumpWall(ms: number): void;
  /** How many timers are waiting. */
  pendingTimers(): number;
}

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

export function manualClock(options: ManualClockOptions = {}): ManualClock {
  let monotonicMs = options.monotonicMs ?? 0;
  let wallOffsetMs = (options.wallMs ?? 1_700_000_000_000) - monotonicMs;
  const timers = new Set<Timer>();

  const nextDue = (untilMs: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  };
  const fire = (timer: Timer): void => {
    timers.delete(timer);
    monotonicMs = Math.max(monotonicMs, timer.dueMs);
    timer.callback();
  };

  return {
    wallMs: () => monotonicMs + wallOffsetMs,
    monotonicMs: () => monotonicMs,
    after(delayMs, callback) {
      const timer: Timer = { dueMs: monotonicMs + Math.max(0, delayMs), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const untilMs = monotonicMs + ms;
      for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) fire(due);
      monotonicMs = untilMs;
    },
    async elapse(ms) {
      const untilMs = monotonicMs + ms;
      await promisesSettled();
      for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) {
        fire(due);
        await promisesSettled();
      }
      monotonicMs = untilMs;
    },
    jumpWall(ms) {
      wallOffsetMs += ms;
    },
    pendingTimers: () => timers.size,
  };
}

function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
