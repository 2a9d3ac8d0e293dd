import type { FastifyReply, FastifyRequest } from "fastify";

/** Every error that this interface can answer: stable code, status, and what it means. */
const problems = {
  "invalid-body": { status: 400, title: "The body is not what this route takes" },
  "invalid-question": { status: 400, title: "The question cannot be asked" },
  unauthorized: { status: 401, title: "A bearer token is required" },
  "not-found": { status: 404, title: "There is nothing here" },
  "method-not-allowed": { status: 405, title: "This route takes another method" },
  "too-large": { status: 413, title: "The body is too large" },
  "unsupported-media-type": { status: 415, title: "The body must be JSON" },
  "wrong-host": { status: 421, title: "This host name is not served here" },
  internal: { status: 500, title: "An error of our own" },
  "not-written": { status: 503, title: "The change could not be written" },
  unavailable: { status: 503, title: "Nobody can say at the moment" },
  stopping: { status: 503, title: "This instance is stopping" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** Problem details (RFC 9457). `code` is the stable part; `detail` is for people. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly requestId: string;
}

export function problem(code: ProblemCode, detail: string, requestId: string): Problem {
  const { status, title } = problems[code];
  return { type: `urn:holdfast:problem:${code}`, title, status, code, detail, requestId };
}

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ProblemCode,
  detail: string,
  more: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const body = { ...problem(code, detail, request.id), ...more };
  // As text: a route's own response schema must not filter the members of a problem.
  return reply
    .code(body.status)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .serializer((text: unknown) => String(text))
    .send(JSON.stringify(body));
}
