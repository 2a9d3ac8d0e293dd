import type { Durable } from "@holdfast/sqlite";
import type { Clock } from "./clock.js";

/** A file that could not be replaced is tried again after so long. */
const againMs = 5_000;

export interface RenewalOptions {
  /** The file that is in use. */
  readonly durable: Durable;
  /** Opens it again; where it is damaged it is moved aside, and an empty one made. */
  readonly open: () => Promise<Durable>;
  readonly clock: Clock;
  /** Goes over to the file that was opened. */
  readonly use: (durable: Durable) => void;
  readonly failed: (cause: unknown) => void;
}

/** Replaces the file of a running cache when it is found damaged, so that writes become durable again by themselves. */
export class Renewal implements AsyncDisposable {
  readonly #options: RenewalOptions;
  #durable: Durable;
  #running: Promise<void> | null = null;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: RenewalOptions) {
    this.#options = options;
    this.#durable = options.durable;
    this.#watch();
  }

  /** Ends with whichever file is open then, which is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#running;
    await this.#durable.close();
  }

  #watch(): void {
    const durable = this.#durable;
    durable.onWriteState(() => this.#look(durable));
    this.#look(durable);
  }

  #look(durable: Durable): void {
    const state = durable.writeState();
    const damaged = state.t === "refusing" && state.error.code === "damaged";
    if (damaged && durable === this.#durable) this.#renew();
  }

  #renew(): void {
    if (this.#stopped) return;
    this.#running ??= this.#replace().finally(() => {
      this.#running = null;
    });
  }

  async #replace(): Promise<void> {
    const { open, use, failed, clock } = this.#options;
    try {
      // Damage is found amid a read, which ends first: the promise lets it.
      await Promise.resolve();
      await this.#durable.close();
      this.#durable = await open();
      use(this.#durable);
      this.#watch();
    } catch (cause) {
      failed(cause);
      if (!this.#stopped) this.#cancel = clock.after(againMs, () => this.#renew());
    }
  }
}
