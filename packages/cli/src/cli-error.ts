import { type ExitCode, exitCode } from "./exit-code.js";

/** `usage`: the command line. `unreachable`: nobody to talk to. `refused`: answered with an error. `start`: cannot start. */
export type CliErrorCode = "usage" | "unreachable" | "refused" | "start";

/** The one error of this room. Its message ends up before the person who typed: it says what to do next. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;

  constructor(code: CliErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

export function exitCodeOf(error: unknown): ExitCode {
  if (!(error instanceof CliError)) return exitCode.failed;
  if (error.code === "usage") return exitCode.usage;
  if (error.code === "unreachable") return exitCode.unreachable;
  return exitCode.failed;
}
