import type { Clock } from "../clock.js";

/** Turns in a row before others get the event loop. */
const maxTurns = 1_000;
/** The pause between turns while somebody waits for what they bring, at most. */
const eagerMs = 20;

export interface TurnsOptions {
  readonly clock: Clock;
  /** The pause between turns while nothing calls for one. */
  readonly idleMs: number;
  /** One turn; true when another should follow at once. */
  readonly turn: () => Promise<boolean>;
  /** Called after each turn, failed or not, before the listeners are. */
  readonly turned: () => void;
  readonly failed: (error: unknown) => void;
}

/** When a loop takes its turns: one at a time, at once when kicked, else now and then. */
export class Turns implements AsyncDisposable {
  readonly #options: TurnsOptions;
  readonly #listeners = new Set<() => void>();
  #running: Promise<void> | null = null;
  #again = false;
  #stopped = false;
  #cancelTimer: () => void = () => undefined;
  #eager = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Whether none begins any more. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Whether the last one is over. */
  get ended(): boolean {
    return this.#stopped && this.#running === null;
  }

  /** Begins, or begins the next turn at once. */
  kick(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  /** While somebody waits for what they bring, turns follow each other quickly. Returns what ends that. */
  hurry(): () => void {
    this.#eager += 1;
    this.kick();
    return () => {
      this.#eager -= 1;
    };
  }

  /** Calls back after each turn, and at the end. Returns what ends that. */
  onTurn(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends after the turn that runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    await this.#running;
    this.#tell();
  }

  async #run(): Promise<void> {
    const { turn, failed, clock } = this.#options;
    this.#cancelTimer();
    try {
      for (let turns = 0; this.#again && !this.#stopped && turns < maxTurns; turns += 1) {
        this.#again = false;
        if (await turn()) this.#again = true;
        this.#turned();
      }
    } catch (error) {
      this.#again = false;
      failed(error);
      this.#turned();
    }
    this.#running = null;
    if (!this.#stopped) this.#cancelTimer = clock.after(this.#pauseMs(), () => this.kick());
  }

  #pauseMs(): number {
    const { idleMs } = this.#options;
    if (this.#again) return 0;
    return this.#eager > 0 ? Math.min(eagerMs, idleMs) : idleMs;
  }

  #turned(): void {
    this.#options.turned();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
