import type { Receipt } from "@holdfast/cache";
import type { Decisions, RevocationReceipt, Subject } from "@holdfast/decisions";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { realmField, userField } from "./decisions-route.js";
import { schemaOf } from "./json-schema.js";

const revocationBody = z.strictObject({
  realm: realmField.optional(),
  user: userField,
  reason: z.string().max(500).optional(),
  acknowledge: z.enum(["durable", "shared", "all"]).optional(),
});

const liftBody = revocationBody.omit({ reason: true });

type RevocationBody = z.infer<typeof revocationBody>;

/** What the caller learns: whether it holds everywhere that was asked for, and if not, where not. */
export interface RevocationAnswer {
  readonly state: "revoked" | "revoked-in-part" | "lifted" | "lifted-in-part";
  readonly realm: string;
  readonly user: string;
  readonly operation: string;
  readonly acknowledged: string;
  readonly confirmed: readonly string[];
  readonly expired: readonly string[];
  readonly unconfirmed: readonly string[];
  readonly shortfall: { readonly code: string; readonly message: string } | null;
}

/**
 * `POST /v1/revocations` and, to take one back, `POST /v1/revocations/lift`: 200 when it holds as
 * asked, 202 when it is made but reached less.
 */
export function revocationsRoutes(app: FastifyInstance, decisions: Decisions, realm: string): void {
  app.post<{ Body: RevocationBody }>(
    "/v1/revocations",
    { schema: { body: schemaOf(revocationBody) } },
    async (request, reply) => {
      const { reason, acknowledge } = request.body;
      const subject = subjectOf(request.body, realm);
      const receipts = await decisions.revoke(subject, {
        ...(reason === undefined ? {} : { reason }),
        ...(acknowledge === undefined ? {} : { acknowledge }),
      });
      return send(request, reply, revocationAnswer(subject, receipts), reason);
    },
  );
  app.post<{ Body: z.infer<typeof liftBody> }>(
    "/v1/revocations/lift",
    { schema: { body: schemaOf(liftBody) } },
    async (request, reply) => {
      const { acknowledge } = request.body;
      const subject = subjectOf(request.body, realm);
      const receipt = await decisions.lift(
        subject,
        acknowledge === undefined ? {} : { acknowledge },
      );
      return send(request, reply, liftAnswer(subject, receipt));
    },
  );
}

function subjectOf(
  { realm, user }: { realm?: string | undefined; user: string },
  own: string,
): Subject {
  return { realm: realm ?? own, user };
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: RevocationAnswer,
  reason?: string,
): FastifyReply {
  const { state, realm, user, operation } = answer;
  request.log.info({ realm, user, reason, operation }, state);
  const whole = state === "revoked" || state === "lifted";
  return reply
    .code(whole ? 200 : 202)
    .header("cache-control", "no-store")
    .send(answer);
}

/** Partly done is never called done: the worse of the two receipts decides. */
export function revocationAnswer(
  subject: Subject,
  { revocation, removal }: RevocationReceipt,
): RevocationAnswer {
  const worse = isWhole(revocation) ? removal : revocation;
  const state = isWhole(worse) ? "revoked" : "revoked-in-part";
  return { ...told(subject, worse), state, operation: revocation.operation };
}

function liftAnswer(subject: Subject, receipt: Receipt): RevocationAnswer {
  return { ...told(subject, receipt), state: isWhole(receipt) ? "lifted" : "lifted-in-part" };
}

function told(subject: Subject, receipt: Receipt): Omit<RevocationAnswer, "state"> {
  return {
    realm: subject.realm,
    user: subject.user,
    operation: receipt.operation,
    acknowledged: receipt.acknowledged,
    confirmed: receipt.confirmed ?? [],
    expired: receipt.expired ?? [],
    unconfirmed: receipt.unconfirmed ?? [],
    shortfall: receipt.shortfall ?? null,
  };
}

function isWhole({ shortfall, unconfirmed = [] }: Receipt): boolean {
  return shortfall === undefined && unconfirmed.length === 0;
}
