import type { FetchPolicy } from "./cache-contract.js";
import { CacheError } from "./cache-error.js";
import type { ResolvedPolicy } from "./fetch/decide.js";
import { checkNumber, checkRecord } from "./options-check.js";
import { checkedTags } from "./rules/tag.js";

const day = 86_400_000;

/** What `fetch` does where neither the call nor its namespace says otherwise. */
export const defaultPolicy: ResolvedPolicy = {
  ttlMs: 60_000,
  jitter: 0.1,
  refreshAhead: 0.75,
  graceMs: day,
  negativeTtlMs: 10_000,
  softDeadlineMs: 200,
  hardDeadlineMs: 5_000,
  retryAfterMs: 5_000,
  recheckMs: 60_000,
  tags: [],
};

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
 * Fills in policies. A policy object that was seen before is not looked at again, so one that is
 * shared by many calls costs a table look-up; changing it after its first use changes nothing.
 */
export function policyResolver(
  namespacePolicy: (key: string) => FetchPolicy | undefined,
  maxAgeMs: (key: string) => number,
): (key: string, policy: FetchPolicy | undefined) => ResolvedPolicy {
  const byDefaults = new WeakMap<FetchPolicy, ResolvedPolicy>();
  const byCall = new WeakMap<FetchPolicy, Map<FetchPolicy | undefined, ResolvedPolicy>>();
  const resolved = (key: string, defaults: FetchPolicy | undefined): ResolvedPolicy => {
    if (defaults === undefined) return defaultPolicy;
    const before = byDefaults.get(defaults);
    if (before !== undefined) return before;
    const made = resolvePolicy(defaultPolicy, defaults, maxAgeMs(key));
    byDefaults.set(defaults, made);
    return made;
  };
  return (key, policy) => {
    const defaults = namespacePolicy(key);
    if (policy === undefined) return resolved(key, defaults);
    const seen = byCall.get(policy);
    const before = seen?.get(defaults);
    if (before !== undefined) return before;
    const made = resolvePolicy(resolved(key, defaults), policy, maxAgeMs(key));
    if (seen === undefined) byCall.set(policy, new Map([[defaults, made]]));
    else seen.set(defaults, made);
    return made;
  };
}

/** @throws CacheError `invalid-option` */
export function resolvePolicy(
  defaults: ResolvedPolicy,
  policy: FetchPolicy,
  maxAgeMs: number,
): ResolvedPolicy {
  checkRecord("policy", policy, Object.keys(defaultPolicy));
  const given = Object.fromEntries(
    Object.entries(policy).filter(([, value]) => value !== undefined),
  );
  const merged: ResolvedPolicy = {
    ...defaults,
    ...given,
    tags: checkedTags(policy.tags ?? defaults.tags),
  };
  for (const [field, [least, most]] of Object.entries(bounds)) {
    checkNumber(`policy.${field}`, merged[field as keyof typeof bounds], least, most);
  }
  if (merged.ttlMs + merged.graceMs <= maxAgeMs) return Object.freeze(merged);
  const message = `Cannot use policy.ttlMs ${merged.ttlMs} with policy.graceMs ${merged.graceMs}: together they should be at most the namespace's maxAgeMs ${maxAgeMs}`;
  throw new CacheError("invalid-option", message, { argument: "policy.graceMs" });
}
