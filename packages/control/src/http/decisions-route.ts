import { type Decision, type Decisions, maxSecretBytes, maxUserBytes } from "@holdfast/decisions";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { ControlMetrics } from "../metrics/control-metrics.js";
import { schemaOf } from "./json-schema.js";
import { sendProblem } from "./problem.js";

export const realmField = z.string().min(1).max(64).describe("The tenant");
export const userField = z.string().min(1).max(maxUserBytes);

const authBody = z.strictObject({
  realm: realmField.optional(),
  user: userField,
  secret: z.string().min(1).max(maxSecretBytes),
});

const decisionAnswer = z.object({
  decision: z.enum(["allow", "deny"]),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  source: z.enum(["memory", "sqlite", "redis", "upstream"]),
  age: z.enum(["fresh", "stale"]),
  ageMs: z.number(),
  currency: z.enum(["verified", "unverified"]),
  reason: z.string(),
  detail: z.string().nullable(),
});

export interface DecisionsRouteParts {
  readonly decisions: Decisions;
  readonly metrics: ControlMetrics;
  /** For questions that name none. */
  readonly realm: string;
}

/** `POST /v1/decisions/auth`: may this user in? A no and a yes are 200, "nobody can say" is 503. */
export function decisionsRoute(app: FastifyInstance, parts: DecisionsRouteParts): void {
  const { decisions, metrics, realm } = parts;
  const schema = { body: schemaOf(authBody), response: { 200: schemaOf(decisionAnswer) } };
  app.post<{ Body: z.infer<typeof authBody> }>(
    "/v1/decisions/auth",
    { schema },
    async (request, reply) => {
      const { realm: inRealm = realm, user, secret } = request.body;
      const question = { kind: "auth", realm: inRealm, user, secret } as const;
      const decision: Decision = await decisions.decide(question);
      metrics.observeDecision(decision);
      reply.header("cache-control", "no-store");
      if (decision.decision !== "unavailable") return decision;
      reply.header("retry-after", "5");
      const detail = decision.detail ?? "No copy is at hand and the upstream gives no answer";
      const { reason } = decision;
      return sendProblem(request, reply, "unavailable", detail, {
        decision: "unavailable",
        reason,
      });
    },
  );
}
