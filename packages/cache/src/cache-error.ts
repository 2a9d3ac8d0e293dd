const retryableCodes = [
  "unavailable",
  "deadline",
  "outdated",
  "full",
  "disk",
  "not-durable",
] as const;
const finalCodes = [
  "invalid-key",
  "invalid-value",
  "invalid-ttl",
  "invalid-glob",
  "invalid-tag",
  "invalid-option",
  "stopped",
  "newer-schema",
] as const;

/**
 * `invalid-*`: an argument; nothing was written. `unavailable`: neither a copy nor the source could
 * answer. `deadline`: the source did not answer in time. `outdated`: removals overtook the load
 * again and again. `full`: no room for more unpublished writes. `disk`, `not-durable`: the disk
 * takes no writes. `stopped`: the cache is not running. `newer-schema`: a newer release wrote the file.
 */
export type CacheErrorCode = (typeof retryableCodes)[number] | (typeof finalCodes)[number];

/** The one error of this room. `retryable` says whether the same call can succeed later by itself. */
export class CacheError extends Error {
  override readonly name = "CacheError";
  readonly code: CacheErrorCode;
  readonly retryable: boolean;
  /** The argument at fault, where one is. */
  readonly argument?: string;

  constructor(
    code: CacheErrorCode,
    message: string,
    options?: { readonly cause?: unknown; readonly argument?: string },
  ) {
    super(message, options);
    this.code = code;
    this.retryable = retryableCodes.some((retryable) => retryable === code);
    if (options?.argument !== undefined) this.argument = options.argument;
  }
}
