import type { Load, Loader } from "../../cache-contract.js";

/** One call of a loader, answered when the test says so. */
export interface SourceCall {
  readonly load: Load;
  answer(value: unknown): void;
  fail(cause: unknown): void;
}

/** A source whose every call stays open until it is answered; `replies` answers calls by itself. */
export class Source {
  readonly calls: SourceCall[] = [];
  replies: ((load: Load) => unknown) | null = null;

  readonly loader: Loader<unknown> = (load) =>
    new Promise((resolve, reject) => {
      this.calls.push({ load, answer: resolve, fail: reject });
      if (this.replies !== null) resolve(this.replies(load));
    });

  /** The call made last. */
  get last(): SourceCall {
    const call = this.calls.at(-1);
    if (call === undefined) throw new Error("the source was not called");
    return call;
  }
}
