import { SharedStoreError, type SharedStoreErrorCode } from "../log/shared-store-error.js";

/** Why Redis gave no answer, in words fit for logs. */
export interface RedisFailure {
  readonly code: SharedStoreErrorCode;
  readonly reason: string;
}

/**
 * Translates what the client throws. The original goes no further: it carries the command with its
 * arguments, which may be a password or a value.
 */
export function failureOf(error: unknown): RedisFailure {
  if (!(error instanceof Error)) return { code: "unreachable", reason: "the connection failed" };
  if (error.name === "ReplyError") return { code: "refused", reason: replyReason(error.message) };
  if (/timed out|timeout|ETIMEDOUT/i.test(error.message)) {
    return { code: "timeout", reason: "it did not answer in time" };
  }
  return { code: "unreachable", reason: linkReason(error) };
}

export function failureError(act: string, where: string, failure: RedisFailure): SharedStoreError {
  const message = `Cannot ${act} of Redis ${JSON.stringify(where)}: ${failure.reason}`;
  return new SharedStoreError(failure.code, message);
}

/** Whether the server said that it does not know a script by its hash. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

const longestReason = 160;

// Before Redis 7 the error of a command inside a script comes wrapped: "ERR Error running script
// (call to f_…): @user_script:1: -OOM command not allowed…". An unknown command quotes its arguments.
function replyReason(message: string): string {
  const inner = /@user_script:\s*\d+: -?([A-Z]+ .*)/.exec(message)?.[1] ?? message;
  const plain = inner.replace(/ script: [0-9a-f]{40}.*$|,? with args beginning with:.*$/s, "");
  return plain.length > longestReason ? `${plain.slice(0, longestReason)}…` : plain;
}

// A host with several addresses fails with an AggregateError that has a code and no message.
function linkReason(error: Error): string {
  if (error.name === "MaxRetriesPerRequestError" || /closed|writeable/.test(error.message)) {
    return "the connection closed";
  }
  if (error.message !== "") return error.message;
  return "code" in error && typeof error.code === "string" ? error.code : "the connection failed";
}
