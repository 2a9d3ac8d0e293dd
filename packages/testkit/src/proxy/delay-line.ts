interface Waiting {
  readonly dueMs: number;
  readonly act: () => void;
}

/** Does things later, always in the order in which they came, whatever delay each was given. */
export class DelayLine {
  readonly #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;

  add(delayMs: number, act: () => void): void {
    if (delayMs === 0 && this.#waiting.length === 0) {
      act();
      return;
    }
    this.#waiting.push({ dueMs: performance.now() + delayMs, act });
    if (this.#waiting.length === 1) this.#wait();
  }

  /** Forgets what is waiting. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  #wait(): void {
    const next = this.#waiting[0];
    if (next === undefined) return;
    this.#timer = setTimeout(
      () => {
        this.#waiting.shift();
        next.act();
        this.#wait();
      },
      Math.max(0, next.dueMs - performance.now()),
    );
  }
}
