import { CacheError } from "./cache-error.js";
import type { ResolvedPolicy } from "./fetch/decide.js";
import type { NamespaceOptions, WhenUnverified } from "./options.js";
import { checkBoolean, checkNumber, checkOneOf, checkRecord } from "./options-check.js";
import { defaultPolicy, resolvePolicy } from "./policy.js";
import { nameFault } from "./rules/key.js";
import { quote } from "./rules/quote.js";

const day = 86_400_000;
const longestMaxAgeMs = 45 * day;

const defaultMaxAgeMs = 8 * day;

/** The name that stands for every namespace that is not named. */
const anyNamespace = "*";

/** A namespace as checked, with every default filled in. */
export interface ResolvedNamespace {
  readonly maxAgeMs: number;
  readonly whenUnverified: WhenUnverified;
  readonly copyOnRead: boolean;
  /** What `fetch` does where the call says nothing. */
  readonly policy: ResolvedPolicy;
}

/** Which settings a key has. */
export class Namespaces {
  /** Those that are named, `*` aside. */
  readonly named: Readonly<Record<string, ResolvedNamespace>>;
  readonly #byName: ReadonlyMap<string, ResolvedNamespace>;
  readonly #any: ResolvedNamespace;
  /** Most calls in a row are about one namespace; it is known without cutting the key. */
  #latest: ResolvedNamespace | null = null;
  #latestStart = "";

  /** Throws CacheError `invalid-option`. */
  constructor(given: Readonly<Record<string, NamespaceOptions>>) {
    checkRecord("namespaces", given, null);
    const resolved = Object.entries(given).map(([name, namespace]): [string, ResolvedNamespace] => [
      name,
      resolveNamespace(name, namespace),
    ]);
    const byName = new Map(resolved);
    this.#any = byName.get(anyNamespace) ?? resolveNamespace(anyNamespace, {});
    byName.delete(anyNamespace);
    this.#byName = byName;
    this.named = Object.fromEntries(byName);
  }

  /** Those of keys in no named namespace included. */
  get all(): readonly ResolvedNamespace[] {
    return [...this.#byName.values(), this.#any];
  }

  of(key: string): ResolvedNamespace {
    if (this.#byName.size === 0) return this.#any;
    if (this.#latest !== null && key.startsWith(this.#latestStart)) return this.#latest;
    const end = key.indexOf(":");
    const named = end < 0 ? undefined : this.#byName.get(key.slice(0, end));
    if (named === undefined) return this.#any;
    this.#latestStart = key.slice(0, end + 1);
    this.#latest = named;
    return named;
  }
}

function resolveNamespace(name: string, namespace: NamespaceOptions): ResolvedNamespace {
  const path = `namespaces.${name}`;
  const fault = name.includes(":") ? "it contains a colon, which ends the name" : nameFault(name);
  if (fault !== null) {
    const message = `Cannot use namespaces ${quote(name)}: ${fault}`;
    throw new CacheError("invalid-option", message, { argument: path });
  }
  checkRecord(path, namespace, ["maxAgeMs", "whenUnverified", "copyOnRead", "fetch"]);
  const {
    maxAgeMs = defaultMaxAgeMs,
    whenUnverified = "serve",
    copyOnRead = false,
    fetch = {},
  } = namespace;
  return {
    maxAgeMs: checkNumber(`${path}.maxAgeMs`, maxAgeMs, 1_000, longestMaxAgeMs),
    whenUnverified: checkWhenUnverified(`${path}.whenUnverified`, whenUnverified),
    copyOnRead: checkBoolean(`${path}.copyOnRead`, copyOnRead),
    policy: resolvePolicy(defaultPolicy, fetch, maxAgeMs, `${path}.fetch`),
  };
}

function checkWhenUnverified(path: string, value: WhenUnverified): WhenUnverified {
  if (typeof value !== "object" || value === null)
    return checkOneOf<"serve" | "deny">(path, value, ["serve", "deny"]);
  checkRecord(path, value, ["denyAfterMs"]);
  const { denyAfterMs } = value;
  return { denyAfterMs: checkNumber(`${path}.denyAfterMs`, denyAfterMs, 0, longestMaxAgeMs) };
}
