import { SqliteError, type SqliteErrorCode } from "../sqlite-error.js";
import type { Unit } from "./committer.js";
import type { WriterSettings } from "./writer.js";

/** A {@link SqliteError} as it travels between threads, which do not carry classes. */
export interface ErrorMessage {
  readonly code: SqliteErrorCode;
  readonly message: string;
  readonly cause?: string;
}

/** What the writer's thread starts with. */
export interface ThreadData {
  readonly settings: WriterSettings;
  /** Counts what was sent to the thread, which sleeps on it. */
  readonly signal: Int32Array;
}

/** Work for the writer besides units; answered by `done` with the same `id`. */
export type Task =
  | { readonly t: "vacuum"; readonly maxPages: number }
  | { readonly t: "check" }
  | { readonly t: "probe" };

/** From the calling thread to the writer, in order. */
export type ToWriter =
  | { readonly t: "units"; readonly units: readonly Unit[] }
  | { readonly t: "task"; readonly id: number; readonly task: Task }
  | { readonly t: "close" };

/** From the writer to the calling thread. Units are answered in the order in which they were sent. */
export type FromWriter =
  | {
      readonly t: "committed";
      readonly count: number;
      /** Units that failed by themselves, by their place among the `count`. */
      readonly failed: readonly (readonly [place: number, error: ErrorMessage])[];
    }
  | { readonly t: "refused"; readonly count: number; readonly error: ErrorMessage }
  | { readonly t: "recovered" }
  | { readonly t: "damaged"; readonly error: ErrorMessage }
  | { readonly t: "done"; readonly id: number; readonly error: ErrorMessage | null };

/** Packs an error for the other thread. */
export function toMessage({ code, message, cause }: SqliteError): ErrorMessage {
  return cause instanceof Error
    ? { code, message, cause: cause.stack ?? cause.message }
    : { code, message };
}

/** Unpacks an error from the other thread. */
export function fromMessage({ code, message, cause }: ErrorMessage): SqliteError {
  return new SqliteError(code, message, cause === undefined ? undefined : { cause });
}
