import type { Answer } from "../cache-contract.js";
import type { Clock } from "../clock.js";
import type { ResolvedPolicy } from "./decide.js";

/** A caller who waits for a load. */
export interface Waiter {
  readonly policy: ResolvedPolicy;
  /** The load was begun for this caller. */
  readonly opened: boolean;
  /** Until when it waits while a stale answer is at hand. */
  readonly softAtMs: number;
  resolve(answer: Answer<unknown>): void;
  reject(error: unknown): void;
}

/** No stale answer is at hand: the caller waits for as long as the load takes. */
export const noSoftDeadline: number = Number.POSITIVE_INFINITY;

/** Those who wait for one load. Owns one timer, for the soft deadline that comes first. */
export class Waiters {
  readonly #clock: Clock;
  readonly #nowMs: () => number;
  /** Serves those whose soft deadline has passed; hands back those who must wait on. */
  readonly #late: (due: readonly Waiter[]) => readonly Waiter[];
  #waiting: Waiter[] = [];
  #armedForMs = noSoftDeadline;
  #disarm: () => void = () => {};

  constructor(
    clock: Clock,
    nowMs: () => number,
    late: (due: readonly Waiter[]) => readonly Waiter[],
  ) {
    this.#clock = clock;
    this.#nowMs = nowMs;
    this.#late = late;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(waiter: Waiter): void {
    this.#waiting.push(waiter);
    this.#arm(waiter.softAtMs);
  }

  /** Takes all out; who is not answered is added again. */
  takeAll(): readonly Waiter[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#disarm();
    this.#armedForMs = noSoftDeadline;
    return taken;
  }

  #arm(softAtMs: number): void {
    if (softAtMs >= this.#armedForMs) return;
    this.#disarm();
    this.#armedForMs = softAtMs;
    this.#disarm = this.#clock.after(Math.max(0, softAtMs - this.#nowMs()), () => this.#fire());
  }

  #fire(): void {
    const nowMs = this.#nowMs();
    const due: Waiter[] = [];
    for (const waiter of this.takeAll()) {
      if (waiter.softAtMs > nowMs) this.add(waiter);
      else due.push(waiter);
    }
    if (due.length === 0) return;
    for (const waiter of this.#late(due)) this.add({ ...waiter, softAtMs: noSoftDeadline });
  }
}
