import { availableParallelism } from "node:os";

/**
 * Longest time that a thread stays awake for the other one, in ms: what a fast disk takes for a
 * commit. Waking up takes a thread about half as long as that, most of all on a virtual machine, and
 * a caller who sets one value after the other waits for it twice.
 */
const awakeMs = 0.25;

/** With one processor, staying awake keeps the other thread from running. */
const apart: boolean = availableParallelism() > 1;

/** Returns once the signal is no longer what it was, or after a moment. */
export function awaitSignal(signal: Int32Array, seen: number): void {
  if (!apart) return;
  const end = performance.now() + awakeMs;
  while (Atomics.load(signal, 0) === seen && performance.now() < end);
}

/** Keeps the event loop turning, and so awake, while something is expected, for a moment at most. */
export class LoopWatch {
  readonly #expecting: () => boolean;
  #untilMs = Number.NEGATIVE_INFINITY;
  #turning = false;

  constructor(expecting: () => boolean) {
    this.#expecting = expecting;
  }

  /** Begins a new moment. */
  begin(): void {
    if (!apart) return;
    this.#untilMs = performance.now() + awakeMs;
    if (this.#turning) return;
    this.#turning = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#turning = this.#expecting() && performance.now() < this.#untilMs;
    if (this.#turning) setImmediate(() => this.#turn());
  }
}
