import type { Receipt } from "@holdfast/cache";
import type { Decisions, RevocationReceipt } from "@holdfast/decisions";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { realmField, userField } from "./decisions-route.js";
import { schemaOf } from "./json-schema.js";

const revocationBody = z.strictObject({
  realm: realmField.optional(),
  user: userField,
  reason: z.string().max(500).optional(),
  acknowledge: z.enum(["durable", "shared", "all"]).optional(),
});

type RevocationBody = z.infer<typeof revocationBody>;

/** What the caller learns: whether it holds everywhere that was asked for, and if not, where not. */
export interface RevocationAnswer {
  readonly state: "revoked" | "revoked-in-part";
  readonly realm: string;
  readonly user: string;
  readonly operation: string;
  readonly acknowledged: string;
  readonly confirmed: readonly string[];
  readonly expired: readonly string[];
  readonly unconfirmed: readonly string[];
  readonly shortfall: { readonly code: string; readonly message: string } | null;
}

/** `POST /v1/revocations`: 200 when it holds as asked, 202 when it is made but reached less. */
export function revocationsRoute(app: FastifyInstance, decisions: Decisions, realm: string): void {
  app.post<{ Body: RevocationBody }>(
    "/v1/revocations",
    { schema: { body: schemaOf(revocationBody) } },
    async (request, reply) => {
      const { realm: inRealm = realm, user, reason, acknowledge } = request.body;
      const subject = { realm: inRealm, user };
      const receipt = await decisions.revoke(subject, {
        ...(reason === undefined ? {} : { reason }),
        ...(acknowledge === undefined ? {} : { acknowledge }),
      });
      const answer = revocationAnswer(subject, receipt);
      request.log.info({ ...subject, reason, operation: answer.operation }, answer.state);
      return reply
        .code(answer.state === "revoked" ? 200 : 202)
        .header("cache-control", "no-store")
        .send(answer);
    },
  );
}

/** Partly done is never called done: the worse of the two receipts decides. */
export function revocationAnswer(
  subject: { readonly realm: string; readonly user: string },
  { revocation, removal }: RevocationReceipt,
): RevocationAnswer {
  const worse: Receipt = isWhole(revocation) ? removal : revocation;
  return {
    state: isWhole(worse) ? "revoked" : "revoked-in-part",
    ...subject,
    operation: revocation.operation,
    acknowledged: worse.acknowledged,
    confirmed: worse.confirmed ?? [],
    expired: worse.expired ?? [],
    unconfirmed: worse.unconfirmed ?? [],
    shortfall: worse.shortfall ?? null,
  };
}

function isWhole({ shortfall, unconfirmed = [] }: Receipt): boolean {
  return shortfall === undefined && unconfirmed.length === 0;
}
