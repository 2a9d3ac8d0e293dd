import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import { sendProblem } from "./problem.js";

/**
 * Serves the named hosts only: a web page that has its own name point to 127.0.0.1 must not reach
 * us through somebody's browser.
 */
export function guardHost(app: FastifyInstance, allowedHosts: readonly string[]): void {
  const allowed = new Set(["127.0.0.1", "localhost", "[::1]", ...allowedHosts].map(lower));
  app.addHook("onRequest", async (request, reply) => {
    const host = hostName(request.headers.host ?? "");
    if (allowed.has(host)) return;
    await sendProblem(
      request,
      reply,
      "wrong-host",
      `The host is ${JSON.stringify(host.slice(0, 100))}, allowed are ${[...allowed].join(", ")}; add others with --allow-host`,
    );
  });
}

/** For routes that need the bearer token. */
export function requireToken(token: string): onRequestAsyncHookHandler {
  const expected = digest(token);
  return async (request, reply) => {
    const given = bearer(request);
    // Digests have one length, so the comparison tells nothing about the token's.
    if (given !== null && timingSafeEqual(digest(given), expected)) return;
    reply.header("www-authenticate", 'Bearer realm="holdfast"');
    const state = given === null ? "No bearer token was sent" : "The bearer token is not ours";
    await sendProblem(request, reply, "unauthorized", state);
  };
}

function bearer(request: FastifyRequest): string | null {
  const [, token] = /^Bearer ([!-~]{1,512})$/i.exec(request.headers.authorization ?? "") ?? [];
  return token ?? null;
}

function hostName(header: string): string {
  return lower(header.replace(/:\d+$/, ""));
}

function lower(text: string): string {
  return text.toLowerCase();
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
