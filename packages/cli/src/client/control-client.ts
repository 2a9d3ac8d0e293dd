import type { ControlStatus, RevocationAnswer } from "@holdfast/control";
import { CliError } from "../cli-error.js";
import type { Endpoint } from "./endpoint.js";
import { type JsonReply, requestJson } from "./request-json.js";

/** A yes or a no as the control plane answers it. */
export interface VerdictAnswer {
  readonly decision: "allow" | "deny";
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly source: string;
  readonly age: "fresh" | "stale";
  readonly ageMs: number;
  readonly currency: string;
  readonly reason: string;
  readonly detail: string | null;
}

interface UnavailableAnswer {
  readonly decision: "unavailable";
  readonly reason: string;
  readonly detail: string;
}

export type DecisionAnswer = VerdictAnswer | UnavailableAnswer;

/** Talks to the control plane's HTTP interface. */
export class ControlClient {
  readonly #endpoint: Endpoint;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async decideAuth(user: string, secret: string): Promise<DecisionAnswer> {
    const reply = await this.#post("/v1/decisions/auth", { ...this.#realm(), user, secret });
    if (reply.status === 503 && has(reply.body, "decision")) return reply.body as UnavailableAnswer;
    return accepted<VerdictAnswer>(reply);
  }

  async revoke(user: string, more: Readonly<Record<string, unknown>>): Promise<RevocationAnswer> {
    return accepted(await this.#post("/v1/revocations", { ...this.#realm(), user, ...more }));
  }

  async lift(user: string, more: Readonly<Record<string, unknown>>): Promise<RevocationAnswer> {
    return accepted(await this.#post("/v1/revocations/lift", { ...this.#realm(), user, ...more }));
  }

  async status(): Promise<ControlStatus> {
    const { url, token } = this.#endpoint;
    const who = "the control plane";
    return accepted(await requestJson({ method: "GET", url: `${url}/v1/status`, token, who }));
  }

  #post(path: string, body: unknown): Promise<JsonReply> {
    const { url, token } = this.#endpoint;
    return requestJson({ method: "POST", url: url + path, token, body, who: "the control plane" });
  }

  #realm(): { readonly realm?: string } {
    const { realm } = this.#endpoint;
    return realm === undefined ? {} : { realm };
  }
}

/** @throws CliError `refused` with what the problem details say. */
export function accepted<T>({ status, body }: JsonReply): T {
  if (status < 300) return body as T;
  const detail = has(body, "detail") ? String(body.detail) : `status ${status}`;
  const code = has(body, "code") ? ` (${String(body.code)})` : "";
  throw new CliError("refused", `Cannot do that: ${detail}${code}`);
}

function has<Name extends string>(value: unknown, name: Name): value is Record<Name, unknown> {
  return typeof value === "object" && value !== null && name in value;
}
