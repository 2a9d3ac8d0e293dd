import type { Attributes } from "./decision.js";
import type { Verifier } from "./verifier.js";

/** What the cache keeps of an allow. There is no cached deny: a no is asked for again. */
export interface CachedAllow {
  readonly t: "allow";
  /** Of the secrets with which the upstream said yes. */
  readonly verifiers: readonly Verifier[];
  readonly attributes: Attributes;
  readonly decidedAtMs: number;
}

/** A no on its way to those who wait for it; never stored. */
export interface PassedDenial {
  readonly t: "deny";
  /** Whose secret it was about: those who waited with another one must ask for themselves. */
  readonly verifier: Verifier;
  readonly attributes: Attributes;
}

/** Made through our own interface; outlives every copy it could meet. */
export interface Revocation {
  readonly t: "revoked";
  readonly reason: string | null;
  readonly atMs: number;
}

/** What the cache holds may come from another release: nothing of it is believed unseen. */
export function isCachedAllow(value: unknown): value is CachedAllow {
  return (
    isObject(value) &&
    value["t"] === "allow" &&
    Array.isArray(value["verifiers"]) &&
    value["verifiers"].every((verifier) => typeof verifier === "string") &&
    isAttributes(value["attributes"]) &&
    typeof value["decidedAtMs"] === "number"
  );
}

/** The reason given with a revocation, where the entry is one that we can read. */
export function revocationReason(value: unknown): string | null {
  if (!isObject(value)) return null;
  const reason = value["reason"];
  return typeof reason === "string" ? reason : null;
}

export function isAttributes(value: unknown): value is Attributes {
  return (
    isObject(value) &&
    Object.values(value).every(
      (part) => typeof part === "string" || typeof part === "number" || typeof part === "boolean",
    )
  );
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
