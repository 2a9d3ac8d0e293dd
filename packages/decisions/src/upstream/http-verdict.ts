import { isAttributes, isObject } from "../cached-answer.js";
import { DecisionsError } from "../decisions-error.js";
import type { UpstreamVerdict } from "./upstream.js";

/** What the upstream sent, as far as it matters. */
export interface HttpReply {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string;
}

const longestTermMs = 45 * 24 * 3_600_000;

/**
 * Reads a reply. Only a 200 that says so in JSON is a yes or a no: an error page, a redirect to a
 * login or a proxy's refusal says nothing about a user.
 *
 * @throws DecisionsError `upstream-*`
 */
export function readVerdict({ status, contentType, body }: HttpReply): UpstreamVerdict {
  if (status === 401 || status === 403) {
    throw new DecisionsError(
      "upstream-refuses-us",
      `Cannot ask the upstream: it refused our credentials with status ${status}`,
    );
  }
  if (status !== 200) {
    throw new DecisionsError(
      "upstream-unavailable",
      `Cannot ask the upstream: it answered with status ${status}`,
    );
  }
  if (!/^application\/json\s*(;|$)/i.test(contentType ?? "")) {
    throw nonsense(`its content type is ${JSON.stringify(contentType)}, not "application/json"`);
  }
  return verdictOf(parse(body));
}

function verdictOf(value: unknown): UpstreamVerdict {
  if (!isObject(value)) throw nonsense("the body is not an object");
  const { decision, attributes = {}, ttlMs, graceMs } = value;
  if (decision !== "allow" && decision !== "deny") {
    throw nonsense('"decision" is neither "allow" nor "deny"');
  }
  if (!isAttributes(attributes)) {
    throw nonsense('"attributes" is not an object of texts, numbers and booleans');
  }
  return { decision, attributes, ...term("ttlMs", ttlMs, 1), ...term("graceMs", graceMs, 0) };
}

function term<Name extends string>(name: Name, value: unknown, least: number) {
  if (value === undefined) return {};
  if (typeof value !== "number" || !(value >= least && value <= longestTermMs)) {
    throw nonsense(`"${name}" is not a number from ${least} to ${longestTermMs}`);
  }
  return { [name]: value };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw nonsense("the body is not JSON", cause);
  }
}

export function nonsense(state: string, cause?: unknown): DecisionsError {
  return new DecisionsError(
    "upstream-nonsense",
    `Cannot read the upstream's answer: ${state}`,
    cause === undefined ? {} : { cause },
  );
}
