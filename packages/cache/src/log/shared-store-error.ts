/**
 * Why the shared store gave no answer: `unreachable` (no link, or it broke during the call),
 * `timeout` (no answer in time), `refused` (it answers but takes no writes: full, read-only,
 * misconfigured, or access denied).
 */
export type SharedStoreErrorCode = "unreachable" | "timeout" | "refused";

/** Every failure of a {@link SharedStore}. Always retryable: the store comes back or it does not. */
export class SharedStoreError extends Error {
  override readonly name = "SharedStoreError";
  readonly code: SharedStoreErrorCode;
  readonly retryable = true;

  constructor(code: SharedStoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
