import { type Abandoned, adoptAbandoned, type OwnPlace } from "./adoption.js";
import type { Clock } from "./clock.js";
import type { ValueCover } from "./disk/value-cover.js";

/** A process that was killed and does not come back leaves its removals unpublished for so long. */
const everyMs = 60_000;

export interface AdopterOptions {
  readonly directory: string;
  readonly own: OwnPlace;
  readonly cover: ValueCover;
  readonly clock: Clock;
  /** Resolves once what was abandoned is on the own disk. */
  readonly take: (abandoned: Abandoned) => Promise<void>;
  readonly failed: (cause: unknown) => void;
}

/** Looks after what ended processes of the same directory left unpublished: at once, then every minute. */
export class Adopter implements AsyncDisposable {
  readonly #options: AdopterOptions;
  readonly #empty = new Map<number, string>();
  #round: Promise<void>;
  #cancel: () => void = () => undefined;
  #stopped = false;

  constructor(options: AdopterOptions) {
    this.#options = options;
    this.#round = this.#look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#round;
  }

  async #look(): Promise<void> {
    const { directory, own, cover, clock, take, failed } = this.#options;
    try {
      await adoptAbandoned(directory, own, cover, this.#empty, take);
    } catch (cause) {
      failed(cause);
    }
    if (this.#stopped) return;
    this.#cancel = clock.after(everyMs, () => {
      this.#round = this.#look();
    });
  }
}
