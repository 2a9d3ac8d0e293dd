import type { Clock } from "../clock.js";

export interface AnswerWatchOptions {
  readonly clock: Clock;
  /** After this long without an answer the connection counts as stalled; null: never. */
  readonly stallAfterMs: number | null;
  readonly timeoutMs: number;
  /** Told when the oldest call has waited `timeoutMs`. */
  readonly onTimeout: () => void;
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
 * process the answers may be lying there unread.
 */
export class AnswerWatch {
  readonly #options: AnswerWatchOptions;
  readonly #waiting = new Set<Waiting>();
  #stalled = false;
  #cancel: (() => void) | undefined;

  constructor(options: AnswerWatchOptions) {
    this.#options = options;
  }

  /** Whether the oldest call has waited so long that a further one would most likely wait in vain. */
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
        if (this.#waiting.delete(waiting)) this.#stalled = false;
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

  #arm(): void {
    if (this.#cancel !== undefined) return;
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const { clock, timeoutMs, stallAfterMs } = this.#options;
    const limitMs = this.#stalled || stallAfterMs === null ? timeoutMs : stallAfterMs;
    const delayMs = Math.max(1, oldest.sinceMs + limitMs - clock.monotonicMs());
    const cancelTimer = clock.after(delayMs, () => {
      const look = setImmediate(() => {
        this.#cancel = undefined;
        this.#look();
      });
      this.#cancel = () => clearImmediate(look);
    });
    this.#cancel = cancelTimer;
  }

  #look(): void {
    const [oldest] = this.#waiting;
    if (oldest === undefined) return;
    const { clock, timeoutMs, stallAfterMs, onTimeout } = this.#options;
    const waitedMs = clock.monotonicMs() - oldest.sinceMs;
    if (waitedMs >= timeoutMs) {
      onTimeout();
      return;
    }
    this.#stalled = stallAfterMs !== null && waitedMs >= stallAfterMs;
    this.#arm();
  }
}
