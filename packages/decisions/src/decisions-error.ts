const retryableCodes = [
  "upstream-unavailable",
  "upstream-deadline",
  "upstream-nonsense",
  "upstream-refuses-us",
] as const;
const finalCodes = ["invalid-question", "invalid-option"] as const;

/**
 * `upstream-unavailable`: it could not be reached or answered with an error. `upstream-deadline`: it
 * did not answer in time. `upstream-nonsense`: it answered, but not in our contract.
 * `upstream-refuses-us`: it does not accept our own credentials, which says nothing about a user.
 * `invalid-*`: an argument.
 */
export type DecisionsErrorCode = (typeof retryableCodes)[number] | (typeof finalCodes)[number];

/** The one error of this room. `retryable` says whether the same call can succeed later by itself. */
export class DecisionsError extends Error {
  override readonly name = "DecisionsError";
  readonly code: DecisionsErrorCode;
  readonly retryable: boolean;

  constructor(code: DecisionsErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.retryable = retryableCodes.some((retryable) => retryable === code);
  }
}
