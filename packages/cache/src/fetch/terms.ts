import type { LoadTerms } from "../cache-contract.js";
import { CacheError } from "../cache-error.js";
import type { Random } from "../clock.js";
import { agesOf } from "../rules/freshness.js";
import { quote } from "../rules/quote.js";
import { checkedTags } from "../rules/tag.js";
import type { ResolvedPolicy } from "./decide.js";
import type { LoadedAnswer } from "./tiers.js";

/** What bounds the terms of an answer. */
export interface TermBounds {
  readonly policy: ResolvedPolicy;
  /** The longest TTL and grace together. */
  readonly horizonMs: number;
  readonly random: Random;
}

const fields = ["ttlMs", "graceMs", "tags", "store"];

/**
 * How an answer is kept, by what its loader said last of each field and else by the policy; null:
 * not at all. What the loader says of a null can only shorten how long it holds: terms are often
 * said before it is known that there is nothing.
 *
 * @throws CacheError `invalid-option`, `invalid-tag`: naming the field.
 */
export function answerToKeep(
  value: unknown,
  said: readonly unknown[],
  bounds: TermBounds,
): LoadedAnswer | null {
  const terms = mergedTerms(said, bounds.horizonMs);
  const { policy, horizonMs, random } = bounds;
  const tags = terms.tags ?? policy.tags;
  if (terms.store === false) return null;
  const ttlMs = lifetimeMs(value, terms, policy);
  if (ttlMs === 0) return null;
  const graceMs = value === null ? 0 : Math.min(terms.graceMs ?? policy.graceMs, horizonMs - ttlMs);
  const lifetime = { ttlMs, graceMs, jitter: policy.jitter, refreshAhead: 1 };
  return { value, ttlMs: agesOf(0, lifetime, random).freshUntilMs, graceMs, tags };
}

function lifetimeMs(value: unknown, terms: LoadTerms, policy: ResolvedPolicy): number {
  if (value !== null) return terms.ttlMs ?? policy.ttlMs;
  return Math.min(policy.negativeTtlMs, terms.ttlMs ?? policy.negativeTtlMs);
}

function mergedTerms(said: readonly unknown[], horizonMs: number): LoadTerms {
  const merged: { ttlMs?: number; graceMs?: number; tags?: readonly string[]; store?: boolean } =
    {};
  for (const terms of said) {
    if (!isRecord(terms)) throw invalid("terms", terms, "it should be an object");
    for (const [field, value] of Object.entries(terms)) {
      if (value === undefined) continue;
      if (field === "ttlMs") merged.ttlMs = checkedTtl(value, horizonMs);
      else if (field === "graceMs") merged.graceMs = checkedGrace(value, horizonMs);
      else if (field === "tags") merged.tags = checkedTags(value);
      else if (field === "store") merged.store = checkedStore(value);
      else throw invalid(field, value, `the fields are ${fields.join(", ")}`);
    }
  }
  const { ttlMs, graceMs } = merged;
  if (ttlMs !== undefined && graceMs !== undefined && ttlMs + graceMs > horizonMs) {
    throw invalid(
      "graceMs",
      graceMs,
      `with ttlMs ${ttlMs} it should be at most ${horizonMs - ttlMs}`,
    );
  }
  return merged;
}

function checkedTtl(value: unknown, horizonMs: number): number {
  if (typeof value === "number" && value > 0 && value <= horizonMs && Number.isFinite(value))
    return value;
  throw invalid("ttlMs", value, `it should be above 0 and at most ${horizonMs}`);
}

function checkedGrace(value: unknown, horizonMs: number): number {
  if (typeof value === "number" && value >= 0 && value <= horizonMs && Number.isFinite(value))
    return value;
  throw invalid("graceMs", value, `it should be at least 0 and at most ${horizonMs}`);
}

function checkedStore(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw invalid("store", value, "it should be true or false");
}

function invalid(field: string, value: unknown, fault: string): CacheError {
  const message = `Cannot keep an answer with ${field} ${quote(value)}: ${fault}`;
  return new CacheError("invalid-option", message, { argument: field });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
