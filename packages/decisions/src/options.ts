import type { Cache, Clock, FetchPolicy } from "@holdfast/cache";
import { DecisionsError } from "./decisions-error.js";
import type { Upstream } from "./upstream/upstream.js";

const dayMs = 24 * 3_600_000;

/** The longest horizon that the cache grants; copies end before it, revocations with it. */
const horizonMs = 45 * dayMs;

export interface DecisionsOptions {
  /** Started and stopped by its owner, with {@link cacheNamespaces} among its namespaces. */
  readonly cache: Cache;
  /** Ended by its owner. */
  readonly upstream: Upstream;
  /** At least 32 bytes; the same on all instances that share a Redis. */
  readonly fleetKey: Uint8Array;
  /** @default the machine's */
  readonly clock?: Pick<Clock, "wallMs">;
  /** How answers about logins are kept. */
  readonly auth?: AuthPolicy;
  /** How long a revocation holds, up to 45 days. It must outlive what the upstream still believes. @default 45 days */
  readonly revocationTtlMs?: number;
}

export interface AuthPolicy {
  /** How long an answer is fresh where the upstream does not say, 1,000 to 86,400,000. @default 120_000 */
  readonly ttlMs?: number;
  /** How long past that it stands in for a silent upstream, 0 to 30 days. @default 86_400_000 (24 h) */
  readonly graceMs?: number;
  /** Part of the TTL by which it is varied at random, 0 to 0.5. @default 0.1 */
  readonly jitter?: number;
  /** Part of the TTL after which an answer is refreshed in the background, 0.1 to 1. @default 0.75 */
  readonly refreshAhead?: number;
  /** How long a login waits for a refresh while a stale answer is at hand. @default 200 */
  readonly softDeadlineMs?: number;
  /** After the upstream failed, how long a stale answer is served without asking again. @default 5_000 */
  readonly retryAfterMs?: number;
}

/** What the cache must be told about the keys of this room. */
export const cacheNamespaces = {
  auth: { maxAgeMs: horizonMs, whenUnverified: { denyAfterMs: dayMs } },
  revoked: { maxAgeMs: horizonMs, whenUnverified: "serve" },
} as const;

/** Options with every default filled in. */
export interface ResolvedOptions {
  readonly auth: Required<AuthPolicy>;
  readonly fetchPolicy: FetchPolicy;
  readonly revocationTtlMs: number;
}

/** @throws DecisionsError `invalid-option` naming the field, its value and what is allowed. */
export function resolveOptions(options: DecisionsOptions): ResolvedOptions {
  const given = options.auth ?? {};
  const auth = {
    ttlMs: within("auth.ttlMs", given.ttlMs ?? 120_000, 1_000, dayMs),
    graceMs: within("auth.graceMs", given.graceMs ?? dayMs, 0, 30 * dayMs),
    jitter: within("auth.jitter", given.jitter ?? 0.1, 0, 0.5),
    refreshAhead: within("auth.refreshAhead", given.refreshAhead ?? 0.75, 0.1, 1),
    softDeadlineMs: within("auth.softDeadlineMs", given.softDeadlineMs ?? 200, 0, 60_000),
    retryAfterMs: within("auth.retryAfterMs", given.retryAfterMs ?? 5_000, 0, 3_600_000),
  };
  return {
    auth,
    // The upstream has a deadline of its own; this one only catches an adapter that forgets it.
    fetchPolicy: { ...auth, hardDeadlineMs: 65_000, negativeTtlMs: 0 },
    revocationTtlMs: within(
      "revocationTtlMs",
      options.revocationTtlMs ?? horizonMs,
      60_000,
      horizonMs,
    ),
  };
}

/** What an upstream says about keeping its answer, held within what the cache can grant. */
export function boundedTerms(
  terms: { readonly ttlMs?: number; readonly graceMs?: number },
  defaults: Required<AuthPolicy>,
): { readonly ttlMs: number; readonly graceMs: number } {
  const ttlMs = Math.min(terms.ttlMs ?? defaults.ttlMs, dayMs);
  return { ttlMs, graceMs: Math.min(terms.graceMs ?? defaults.graceMs, 30 * dayMs) };
}

function within(name: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value;
  throw new DecisionsError(
    "invalid-option",
    `Cannot decide with these options: ${name} is ${value}, it must be from ${least} to ${most}`,
  );
}
