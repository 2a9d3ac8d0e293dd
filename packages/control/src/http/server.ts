import { randomUUID } from "node:crypto";
import type { Decisions } from "@holdfast/decisions";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { ControlMetrics } from "../metrics/control-metrics.js";
import type { ControlStatus } from "../status.js";
import { decisionsRoute } from "./decisions-route.js";
import { answerErrors } from "./errors.js";
import { guardHost, requireToken } from "./guards.js";
import { problem } from "./problem.js";
import { revocationsRoutes } from "./revocations-route.js";
import { type Readiness, statusRoutes } from "./status-routes.js";

export interface ServerParts {
  readonly decisions: Decisions;
  readonly metrics: ControlMetrics;
  readonly token: string;
  /** For questions that name none. */
  readonly realm: string;
  readonly allowedHosts: readonly string[];
  readonly logger: FastifyBaseLogger;
  readonly readiness: () => Readiness;
  readonly status: () => ControlStatus;
}

const maxBodyBytes = 65_536;
const safeRequestId = /^[A-Za-z0-9._-]{1,64}$/;

/** The control plane's HTTP interface, not yet listening. */
export async function buildServer(parts: ServerParts): Promise<FastifyInstance> {
  const app: FastifyInstance = fastify({
    loggerInstance: parts.logger,
    // One line per answer, from the hook below.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    requestTimeout: 10_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: "idle",
    // A request that arrives while stopping is still answered; it is told so by the last header.
    return503OnClosing: false,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false } },
    genReqId: ({ headers }) => {
      const given = headers["x-request-id"];
      return typeof given === "string" && safeRequestId.test(given) ? given : randomUUID();
    },
    clientErrorHandler(_, socket) {
      if (!socket.writable) {
        socket.destroy();
        return;
      }
      const body = JSON.stringify(problem("invalid-body", "That is not HTTP", randomUUID()));
      socket.end(
        `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      );
    },
  });
  jsonOnly(app);
  answerErrors(app);
  guardHost(app, parts.allowedHosts);
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff");
  });
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    const { method } = request;
    const { statusCode: status, elapsedTime: ms } = reply;
    parts.metrics.observeRequest(route, status, ms / 1000);
    request.log.info({ method, route, status, ms }, "answered");
  });
  statusRoutes(app, parts);
  await app.register(async (guarded) => {
    guarded.addHook("onRequest", requireToken(parts.token));
    decisionsRoute(guarded, parts);
    revocationsRoutes(guarded, parts.decisions, parts.realm);
  });
  return app;
}

/** Only JSON: the types that a page of another site can send without asking are refused. */
function jsonOnly(app: FastifyInstance): void {
  app.removeContentTypeParser("text/plain");
}
