/**
 * `not-installed`: a program that the tests need is missing. `exited`: a process ended that should
 * live. `timeout`: a state was not reached in time. `replied`: a server answered with an error.
 * `closed`: used after its end. `failed`: a step of the set-up failed.
 */
export type TestkitErrorCode =
  | "not-installed"
  | "exited"
  | "timeout"
  | "replied"
  | "closed"
  | "failed";

/** The one error of this room. */
export class TestkitError extends Error {
  override readonly name = "TestkitError";
  readonly code: TestkitErrorCode;

  constructor(code: TestkitErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
