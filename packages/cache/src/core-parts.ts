import type { Durable } from "@holdfast/sqlite";
import type { Clock, Random } from "./clock.js";
import type { ValueCover } from "./disk/value-cover.js";
import type { SharedStore } from "./log/shared-store.js";
import type { ResolvedOptions } from "./options.js";

/** What a running cache takes from its surroundings. */
export interface CoreParts {
  readonly durable: Durable;
  /** Null: the instance is alone. */
  readonly store: SharedStore | null;
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly random: Random;
  /** What tells the file from a copy of it. */
  readonly home: string;
  readonly slot: number | null;
  /** Lets the event loop turn. */
  readonly yieldLoop: () => Promise<void>;
  readonly cover: ValueCover;
  /** Called at each dangerous step by name, so that a test can end the process there. */
  readonly step: (name: string) => void;
}
