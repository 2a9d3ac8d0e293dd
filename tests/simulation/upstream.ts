import type { Value } from "./ground-truth.js";
import type { Instance, Life } from "./instance.js";

/** A load that asked the upstream, and waits. */
export interface Question {
  readonly instance: Instance;
  readonly life: Life;
  readonly value: Value;
  answer(value: string | null): void;
  refuse(error: Error): void;
}
