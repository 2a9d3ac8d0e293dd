import type { FastifyInstance } from "fastify";
import type { ControlMetrics } from "../metrics/control-metrics.js";
import type { ControlStatus } from "../status.js";
import { requireToken } from "./guards.js";
import { sendProblem } from "./problem.js";

/** Whether requests should be sent here. An upstream or a Redis that is down is no reason not to. */
export type Readiness = { readonly t: "ready" } | { readonly t: "not-ready"; readonly why: string };

export interface StatusParts {
  readonly metrics: ControlMetrics;
  readonly token: string;
  readonly readiness: () => Readiness;
  readonly status: () => ControlStatus;
}

/** `/healthz` and `/readyz` for everybody; `/v1/status` and `/metrics` with the token. */
export function statusRoutes(app: FastifyInstance, parts: StatusParts): void {
  const guarded = { onRequest: requireToken(parts.token) };
  app.get("/healthz", async () => ({ state: "alive" }));
  app.get("/readyz", async (request, reply) => {
    const readiness = parts.readiness();
    if (readiness.t === "ready") return { state: "ready" };
    return sendProblem(request, reply, "stopping", readiness.why);
  });
  app.get("/v1/status", guarded, async (_, reply) => {
    reply.header("cache-control", "no-store");
    return parts.status();
  });
  app.get("/metrics", guarded, async (_, reply) => {
    reply.type(parts.metrics.contentType);
    return parts.metrics.text();
  });
}
