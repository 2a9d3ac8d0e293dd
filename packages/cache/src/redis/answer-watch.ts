import type { Clock } from "../clock.js";

export interface AnswerWatchOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Whether the connection counts as stalled once it is several times slower than it was. */
  readonly stalls: boolean;
  /** Told when the oldest call has waited `timeoutMs`. */
  readonly onTimeout: () => void;
}

const leastStallMs = 10;
const stallFactor = 4;

/** Wait after which a connection that usually takes `typicalMs` counts as stalled; never for one that is slow by nature. */
export function stallAfterMs(typicalMs: number, timeoutMs: number): number {
  return Math.min(timeoutMs, Math.max(leastStallMs, typicalMs * stallFactor));
}

interface Waiting {
  readonly act: string;
  readonly sinceMs: number;
  readonly fail: (error: Error) => void;
}

/**
 * The calls of one connection that wait for an answer. A connection answers in order, so that the
 * oldest call speaks for all: one timer, and when the oldest is out of time, so is the connection.
 * Time is up only after the loop has looked at its sockets once more, because after a pause of this
 * process the answers may be lying there unread; after a long one, which may have been the server's
 * too, it is up a little later.
 */
export class AnswerWatch {
  readonly #options: AnswerWatchOptions;
  readonly #waiting = new Set<Waiting>();
  #stalled = false;
  #typicalMs = 0;
  /** The call that was given a little more time after a pause of this process. */
  #excused: Waiting | undefined;
  #cancel: (() => void) | undefined;

  constructor(options: AnswerWatchOptions) {
    this.#options = options;
  }

  /** Whether the oldest call has waited so long that a further one would likely wait in vain. */
  get stalled(): boolean {
    return this.#stalled;
  }

  track<T>(act: string, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const sinceMs = this.#options.clock.monotonicMs();
      const waiting: Waiting = { act, sinceMs, fail: reject };
      this.#waiting.add(waiting);
      this.#arm();
      const settled = () => {
        if (this.#waiting.delete(waiting)) this.#learn(sinceMs);
      };
      work().then(
        (value) => {
          settled();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(error);
        },
      );
    });
  }

  /** Fails every call that waits. What they get back later is dropped. */
  failAll(errorOf: (act: string) => Error): void {
    this.#stalled = false;
    this.#cancel?.();
    this.#cancel = undefined;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { act, fail } of waiting) fail(errorOf(act));
  }

  #learn(sinceMs: number): void {
    this.#stalled = false;
    const tookMs = this.#options.clock.monotonicMs() - sinceMs;
    this.#typicalMs += (tookMs - this.#typicalMs) / 8;
  }

  #arm(): void {
    if (this.#cancel !== undefined) return;
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const { clock, timeoutMs, stalls } = this.#options;
    const limitMs = this.#stalled || !stalls ? timeoutMs : stallAfterMs(this.#typicalMs, timeoutMs);
    this.#armIn(Math.max(1, oldest.sinceMs + limitMs - clock.monotonicMs()));
  }

  #armIn(delayMs: number): void {
    const { clock } = this.#options;
    const dueMs = clock.monotonicMs() + delayMs;
    this.#cancel = clock.after(delayMs, () => {
      const look = setImmediate(() => {
        this.#cancel = undefined;
        this.#look(clock.monotonicMs() - dueMs);
      });
      this.#cancel = () => clearImmediate(look);
    });
  }

  #look(lateMs: number): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const { clock, timeoutMs, stalls, onTimeout } = this.#options;
    if (lateMs > leastStallMs && this.#excused !== oldest) {
      this.#excused = oldest;
      this.#armIn(leastStallMs);
      return;
    }
    const waitedMs = clock.monotonicMs() - oldest.sinceMs;
    if (waitedMs >= timeoutMs) {
      onTimeout();
      return;
    }
    this.#stalled = stalls && waitedMs >= stallAfterMs(this.#typicalMs, timeoutMs);
    this.#arm();
  }
}
