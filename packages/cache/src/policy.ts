import type { FetchPolicy } from "./cache-contract.js";
import { CacheError } from "./cache-error.js";
import type { ResolvedPolicy } from "./fetch/decide.js";
import type { ResolvedNamespace } from "./namespaces.js";
import { checkNumber, checkRecord } from "./options-check.js";
import { checkedTags } from "./rules/tag.js";

const day = 86_400_000;

/** What `fetch` does where neither the call nor its namespace says otherwise. */
export const defaultPolicy: ResolvedPolicy = Object.freeze({
  ttlMs: 60_000,
  jitter: 0.1,
  refreshAhead: 0.75,
  graceMs: day,
  negativeTtlMs: 10_000,
  softDeadlineMs: 200,
  hardDeadlineMs: 5_000,
  retryAfterMs: 5_000,
  recheckMs: 60_000,
  tags: Object.freeze([]),
});

const bounds: Readonly<Record<Exclude<keyof ResolvedPolicy, "tags">, readonly [number, number]>> = {
  ttlMs: [1, 45 * day],
  jitter: [0, 0.5],
  refreshAhead: [0.1, 1],
  graceMs: [0, 45 * day],
  negativeTtlMs: [0, day],
  softDeadlineMs: [0, 60_000],
  hardDeadlineMs: [1, 600_000],
  retryAfterMs: [0, day],
  recheckMs: [100, day],
};

/**
 * Fills in the policies of calls. One that was seen before is not looked at again, so a policy that
 * many calls share costs a table look-up; changing it after its first use changes nothing.
 */
export function policyResolver(
  namespaceOf: (key: string) => ResolvedNamespace,
): (key: string, policy: FetchPolicy | undefined) => ResolvedPolicy {
  const seen = new WeakMap<FetchPolicy, Map<ResolvedNamespace, ResolvedPolicy>>();
  return (key, policy) => {
    const namespace = namespaceOf(key);
    if (policy === undefined) return namespace.policy;
    const before = seen.get(policy)?.get(namespace);
    if (before !== undefined) return before;
    const made = resolvePolicy(namespace.policy, policy, namespace.maxAgeMs, "policy");
    const others = seen.get(policy);
    if (others === undefined) seen.set(policy, new Map([[namespace, made]]));
    else others.set(namespace, made);
    return made;
  };
}

/**
 * A policy over its defaults. A grace or TTL that only the defaults name gives way where both
 * together would outlive the namespace.
 *
 * @throws CacheError `invalid-option`, naming the field by `path`; `invalid-tag`.
 */
export function resolvePolicy(
  defaults: ResolvedPolicy,
  policy: FetchPolicy,
  maxAgeMs: number,
  path: string,
): ResolvedPolicy {
  checkRecord(path, policy, Object.keys(defaultPolicy));
  const number = (field: keyof typeof bounds): number => {
    const [least, most] = bounds[field];
    return checkNumber(`${path}.${field}`, policy[field] ?? defaults[field], least, most);
  };
  const ttlMs = policy.ttlMs === undefined ? Math.min(defaults.ttlMs, maxAgeMs) : number("ttlMs");
  const roomMs = maxAgeMs - ttlMs;
  const graceMs =
    policy.graceMs === undefined ? Math.min(defaults.graceMs, roomMs) : number("graceMs");
  if (graceMs > roomMs || roomMs < 0) throw outlives(path, ttlMs, graceMs, maxAgeMs);
  return Object.freeze({
    ttlMs,
    graceMs,
    jitter: number("jitter"),
    refreshAhead: number("refreshAhead"),
    negativeTtlMs: Math.min(number("negativeTtlMs"), maxAgeMs),
    softDeadlineMs: number("softDeadlineMs"),
    hardDeadlineMs: number("hardDeadlineMs"),
    retryAfterMs: number("retryAfterMs"),
    recheckMs: number("recheckMs"),
    tags: policy.tags === undefined ? defaults.tags : checkedTags(policy.tags, `${path}.tags`),
  });
}

function outlives(path: string, ttlMs: number, graceMs: number, maxAgeMs: number): CacheError {
  const together = graceMs > 0 ? ` with graceMs ${graceMs}` : "";
  const message = `Cannot use ${path}.ttlMs ${ttlMs}${together}: the namespace keeps nothing longer than maxAgeMs ${maxAgeMs}`;
  return new CacheError("invalid-option", message, { argument: `${path}.ttlMs` });
}
