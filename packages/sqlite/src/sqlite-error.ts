const retryableCodes = ["full", "read-only", "io", "busy"] as const;
const finalCodes = [
  "damaged",
  "newer-schema",
  "constraint",
  "unsealable",
  "closed",
  "invalid",
  "internal",
] as const;

/**
 * What went wrong with a durable file: `full` (no space), `read-only`, `io` (the disk failed),
 * `busy` (another process holds it), `damaged` (not a database, or its pages contradict each
 * other), `newer-schema` (a newer release wrote it), `constraint`, `unsealable` (no live key opens the bytes), `closed`, `invalid` (an argument), `internal`.
 */
export type SqliteErrorCode = (typeof retryableCodes)[number] | (typeof finalCodes)[number];

/** The one error of this room. `retryable` says whether the same call can succeed later by itself. */
export class SqliteError extends Error {
  override readonly name = "SqliteError";
  readonly code: SqliteErrorCode;
  readonly retryable: boolean;

  constructor(code: SqliteErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = retryableCodes.some((retryable) => retryable === code);
  }
}
