import { CacheError } from "@holdfast/cache";
import { DecisionsError } from "@holdfast/decisions";
import type { FastifyError, FastifyInstance } from "fastify";
import { type ProblemCode, sendProblem } from "./problem.js";

const byFrameworkCode: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_VALIDATION: "invalid-body",
  FST_ERR_CTP_BODY_TOO_LARGE: "too-large",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported-media-type",
  FST_ERR_CTP_INVALID_JSON_BODY: "invalid-body",
  FST_ERR_CTP_EMPTY_JSON_BODY: "invalid-body",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "invalid-body",
};

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;

/** Answers every error as problem details; what is unexpected is logged and not told. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError | Error>(async (error, request, reply) => {
    const code = problemOf(error);
    if (code === "internal") request.log.error({ err: error }, "request failed");
    const detail = code === "internal" ? `See the log for ${request.id}` : error.message;
    return sendProblem(request, reply, code, detail);
  });
  app.setNotFoundHandler(async (request, reply) => {
    const url = request.url.split("?", 1)[0] ?? "";
    const allowed = methods.filter((method) => app.hasRoute({ method, url }));
    if (allowed.length === 0) {
      return sendProblem(request, reply, "not-found", `${request.method} leads nowhere here`);
    }
    reply.header("allow", allowed.join(", "));
    return sendProblem(request, reply, "method-not-allowed", `It takes ${allowed.join(", ")}`);
  });
}

function problemOf(error: FastifyError | Error): ProblemCode {
  if (error instanceof DecisionsError) {
    return error.code === "invalid-question" ? "invalid-question" : "internal";
  }
  if (error instanceof CacheError) return error.code === "stopped" ? "stopping" : "not-written";
  if (!("code" in error)) return error instanceof SyntaxError ? "invalid-body" : "internal";
  return byFrameworkCode[error.code] ?? (error.statusCode === 400 ? "invalid-body" : "internal");
}
