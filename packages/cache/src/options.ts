import type { FetchPolicy } from "./cache-contract.js";
import type { Clock, Random } from "./clock.js";
import { systemClock } from "./clock.js";
import type { ResolvedPolicy } from "./fetch/decide.js";
import { checkNumber, checkOneOf, checkRecord, checkString } from "./options-check.js";
import { policyResolver } from "./policy.js";
import type { RedisStoreOptions } from "./redis/redis-options.js";
import { kindOf } from "./rules/key.js";

const day = 86_400_000;

/** What a copy is worth while nothing newer can be ruled out (R4). */
export type WhenUnverified = "serve" | "deny" | { readonly denyAfterMs: number };

/** Settings for the keys that begin with the namespace's name and a colon. */
export interface NamespaceOptions {
  /** The longest `ttl + grace`, and how long removals are remembered. 1 s to 45 d. @default 691_200_000 (8 d) */
  readonly maxAgeMs?: number;
  /** @default "serve" */
  readonly whenUnverified?: WhenUnverified;
  /** True: every reader gets a value of its own instead of a frozen one that is shared. @default false */
  readonly copyOnRead?: boolean;
  /** Defaults for `fetch`. */
  readonly fetch?: FetchPolicy;
}

export interface CacheOptions {
  /** Where the durable layer lives; made with mode 0700. Processes may share it: each takes a slot. */
  readonly directory: string;
  /** Absent: the instance is alone. A string is its URL. */
  readonly redis?: string | RedisStoreOptions;
  /** Whether a copy is looked for in SQLite before Redis, or after (the article's order). @default "local-first" */
  readonly order?: "local-first" | "redis-first";
  /** Bound of the memory layer, estimated; 1 MiB to 64 GiB. @default 67_108_864 (64 MiB) */
  readonly memoryMaxBytes?: number;
  /** Bound of the durable layer: beyond it copies are let go of; 1 MiB to 1 TiB. @default 1_073_741_824 (1 GiB) */
  readonly maxBytes?: number;
  /** Bound of what is written (not copied): beyond it sets fail with `full`; 100 to 10,000,000. @default 1_000_000 */
  readonly maxRows?: number;
  /** Bound of writes that wait for Redis: beyond it sets fail with `full`; 10 to 1,000,000. @default 100_000 */
  readonly maxUnpublished?: number;
  /** Bound of remembered negative answers; 1 to 1,000,000. @default 10_000 */
  readonly maxNegatives?: number;
  /** How old the last read of the log may be for answers to be verified; 500 to 60,000. @default 2_000 */
  readonly currencyMs?: number;
  /** Background loads a second after a start, and while Redis is away; 0.1 to 100,000. @default 10 */
  readonly warmStartPerSecond?: number;
  readonly namespaces?: Readonly<Record<string, NamespaceOptions>>;
  /**
   * The fleet's key of at least 32 bytes, and after it the one before while a key is being changed.
   * Entries in Redis are signed with it, and values on the disk sealed where `seal` says so. Every
   * instance needs the same. @default none: entries are not signed
   */
  readonly fleetKeys?: readonly Uint8Array[];
  /** True: values on the disk are sealed (AES-256-GCM); needs `fleetKeys`. @default false */
  readonly seal?: boolean;
  /** Told what happens, for logs. Must not throw. @default nobody */
  readonly onEvent?: (event: CacheEvent) => void;
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
}

/** What is worth a line in a log. */
export type CacheEvent =
  | { readonly t: "redis-up" }
  | { readonly t: "redis-down"; readonly reason: string }
  | { readonly t: "verified" }
  | { readonly t: "unverified"; readonly because: string }
  | {
      readonly t: "generation";
      readonly ordinal: number;
      readonly id: string;
      readonly because: string;
    }
  | { readonly t: "disk-replaced"; readonly damagedPath: string }
  | { readonly t: "disk-refuses"; readonly reason: string }
  | { readonly t: "disk-writable" }
  | { readonly t: "forged"; readonly key: string }
  | { readonly t: "horizon-passed"; readonly lastReadMs: number }
  | { readonly t: "slot-adopted"; readonly slot: number; readonly operations: number }
  | { readonly t: "slot-not-adopted"; readonly cause: unknown };

/** The options as checked, with every default filled in and the namespaces as questions about a key. */
export interface ResolvedOptions {
  readonly directory: string;
  readonly redis: RedisStoreOptions | null;
  readonly order: "local-first" | "redis-first";
  readonly memoryMaxBytes: number;
  readonly maxBytes: number;
  readonly maxRows: number;
  readonly maxUnpublished: number;
  readonly maxNegatives: number;
  readonly currencyMs: number;
  readonly warmStartPerSecond: number;
  readonly namespaces: Readonly<Record<string, NamespaceOptions>>;
  readonly fleetKeys: readonly Uint8Array[];
  readonly seal: boolean;
  readonly onEvent: (event: CacheEvent) => void;
  readonly clock: Clock;
  readonly random: Random;
  /** The longest of every namespace's `maxAgeMs`. */
  readonly horizonMs: number;
  maxAgeMs(key: string): number;
  whenUnverified(key: string): WhenUnverified;
  copyOnRead(key: string): boolean;
  policyFor(key: string, policy: FetchPolicy | undefined): ResolvedPolicy;
}

export const defaultMaxAgeMs: number = 8 * day;
const longestMaxAgeMs = 45 * day;

const known: readonly (keyof CacheOptions)[] = [
  "directory",
  "redis",
  "order",
  "memoryMaxBytes",
  "maxBytes",
  "maxRows",
  "maxUnpublished",
  "maxNegatives",
  "currencyMs",
  "warmStartPerSecond",
  "fleetKeys",
  "seal",
  "namespaces",
  "onEvent",
  "clock",
  "random",
];
const knownOfNamespace: readonly (keyof NamespaceOptions)[] = [
  "maxAgeMs",
  "whenUnverified",
  "copyOnRead",
  "fetch",
];

/** @throws CacheError `invalid-option`, naming the option, its value and what is allowed. */
export function resolveOptions(options: CacheOptions): ResolvedOptions {
  checkRecord("options", options, known);
  checkString("directory", options.directory);
  const namespaces = checkNamespaces(options.namespaces ?? {});
  const of = (key: string): NamespaceOptions | undefined => {
    const kind = kindOf(key);
    return Object.hasOwn(namespaces, kind) ? namespaces[kind] : undefined;
  };
  const maxAgeMs = (key: string): number => of(key)?.maxAgeMs ?? defaultMaxAgeMs;
  const mib = 1_048_576;
  return {
    directory: options.directory,
    redis: typeof options.redis === "string" ? { url: options.redis } : (options.redis ?? null),
    order: checkOneOf("order", options.order ?? "local-first", ["local-first", "redis-first"]),
    memoryMaxBytes: checkNumber(
      "memoryMaxBytes",
      options.memoryMaxBytes ?? 64 * mib,
      mib,
      65_536 * mib,
    ),
    maxBytes: checkNumber("maxBytes", options.maxBytes ?? 1_024 * mib, mib, 1_048_576 * mib),
    maxRows: checkNumber("maxRows", options.maxRows ?? 1_000_000, 100, 10_000_000),
    maxUnpublished: checkNumber("maxUnpublished", options.maxUnpublished ?? 100_000, 10, 1_000_000),
    maxNegatives: checkNumber("maxNegatives", options.maxNegatives ?? 10_000, 1, 1_000_000),
    currencyMs: checkNumber("currencyMs", options.currencyMs ?? 2_000, 500, 60_000),
    warmStartPerSecond: checkNumber(
      "warmStartPerSecond",
      options.warmStartPerSecond ?? 10,
      0.1,
      100_000,
    ),
    namespaces,
    fleetKeys: checkFleetKeys(options.fleetKeys ?? [], options.seal ?? false),
    seal: options.seal ?? false,
    onEvent: options.onEvent ?? (() => undefined),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    horizonMs: Math.max(
      defaultMaxAgeMs,
      ...Object.values(namespaces).map((namespace) => namespace.maxAgeMs ?? 0),
    ),
    maxAgeMs,
    whenUnverified: (key) => of(key)?.whenUnverified ?? "serve",
    copyOnRead: (key) => of(key)?.copyOnRead ?? false,
    policyFor: policyResolver((key) => of(key)?.fetch, maxAgeMs),
  };
}

function checkNamespaces(
  namespaces: Readonly<Record<string, NamespaceOptions>>,
): Readonly<Record<string, NamespaceOptions>> {
  for (const [name, namespace] of Object.entries(namespaces)) {
    const path = `namespaces.${name}`;
    checkRecord(path, namespace, knownOfNamespace);
    if (namespace.maxAgeMs !== undefined)
      checkNumber(`${path}.maxAgeMs`, namespace.maxAgeMs, 1_000, longestMaxAgeMs);
    const { whenUnverified } = namespace;
    if (typeof whenUnverified === "object")
      checkNumber(
        `${path}.whenUnverified.denyAfterMs`,
        whenUnverified.denyAfterMs,
        0,
        longestMaxAgeMs,
      );
    else if (whenUnverified !== undefined)
      checkOneOf(`${path}.whenUnverified`, whenUnverified, ["serve", "deny"]);
  }
  return namespaces;
}

/** A key is never quoted: what is wrong with it is its length or its number. */
function checkFleetKeys(keys: readonly Uint8Array[], seal: boolean): readonly Uint8Array[] {
  checkNumber("fleetKeys.length", keys.length, seal ? 1 : 0, 2);
  for (const [index, key] of keys.entries())
    checkNumber(`fleetKeys[${index}].length`, key.length, 32, 1_024);
  return keys;
}
