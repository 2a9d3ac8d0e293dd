import type { Clock } from "../../packages/cache/src/clock.js";

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
  readonly owner: object;
}

/** Time, which passes only when told to, and everything that waits for it. */
export class Timers {
  nowMs = 1_000_000;
  #order = 0;
  readonly #waiting = new Set<Timer>();

  /** A clock for one process: `jumpMs` is how far its wall clock is off. */
  clockFor(owner: object, wall: { readonly jumpMs: number }): Clock {
    return {
      wallMs: () => serverEpochMs + this.nowMs + wall.jumpMs,
      monotonicMs: () => this.nowMs,
      after: (delayMs, callback) => {
        this.#order += 1;
        const dueMs = this.nowMs + Math.max(0, delayMs);
        const timer: Timer = { dueMs, order: this.#order, callback, owner };
        this.#waiting.add(timer);
        return () => this.#waiting.delete(timer);
      },
    };
  }

  /** The timer that is due first, of owners that can run. */
  next(canRun: (owner: object) => boolean): { readonly dueMs: number; fire(): object } | null {
    let first: Timer | null = null;
    for (const timer of this.#waiting) {
      if (!canRun(timer.owner)) continue;
      if (first === null || timer.dueMs < first.dueMs) first = timer;
      else if (timer.dueMs === first.dueMs && timer.order < first.order) first = timer;
    }
    if (first === null) return null;
    const found = first;
    return {
      dueMs: found.dueMs,
      fire: () => {
        this.#waiting.delete(found);
        found.callback();
        return found.owner;
      },
    };
  }

  /** The owner's process is over. */
  forget(owner: object): void {
    for (const timer of this.#waiting) if (timer.owner === owner) this.#waiting.delete(timer);
  }
}

/** Wall-clock time of the servers at virtual time 0. */
export const serverEpochMs = 1_700_000_000_000;
