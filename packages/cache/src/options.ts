import type { FetchPolicy } from "./cache-contract.js";
import type { Clock, Random } from "./clock.js";
import { systemClock } from "./clock.js";
import type { ResolvedPolicy } from "./fetch/decide.js";
import { Namespaces, type ResolvedNamespace } from "./namespaces.js";
import {
  checkBoolean,
  checkNumber,
  checkOneOf,
  checkRecord,
  checkString,
  checkWhole,
  invalidOption,
} from "./options-check.js";
import { policyResolver } from "./policy.js";
import { checkRedisOptions, type RedisStoreOptions } from "./redis/redis-options.js";

/** What a copy is worth while nothing newer can be ruled out (R4). */
export type WhenUnverified = "serve" | "deny" | { readonly denyAfterMs: number };

/** Settings for the keys that begin with the namespace's name and a colon; as `*`, for all others. */
export interface NamespaceOptions {
  /** The longest `ttl + grace`, and how long removals are remembered. 1 s to 45 d. @default 691_200_000 (8 d) */
  readonly maxAgeMs?: number;
  /** @default "serve" */
  readonly whenUnverified?: WhenUnverified;
  /** True: every reader gets a value of its own instead of a frozen one that is shared. @default false */
  readonly copyOnRead?: boolean;
  /** What `fetch` does where the call does not say; an inherited grace gives way to `maxAgeMs`. */
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
  /** By name. @default none: the defaults hold for every key */
  readonly namespaces?: Readonly<Record<string, NamespaceOptions>>;
  /**
   * The fleet's key of at least 32 bytes, and after it the one before while a key is being changed.
   * Entries in Redis are signed with it, and values on the disk sealed where `seal` says so. Every
   * instance needs the same. @default none: entries are not signed
   */
  readonly fleetKeys?: readonly Uint8Array[];
  /**
   * Prefix of another program's plain JSON keys in the same Redis (the article's cache): a key of
   * which there is no copy is looked for there, too. For a change from one to the other; such keys
   * are not signed. @default none are looked for
   */
  readonly adoptPlain?: string;
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
  /** What the disk held cannot be read: from now on it counts as empty. */
  | { readonly t: "disk-lost"; readonly cause: unknown }
  | { readonly t: "disk-writable" }
  | { readonly t: "forged"; readonly key: string }
  /** An entry of the log could not be read; what it is about counts as removed. */
  | { readonly t: "unreadable"; readonly member: string; readonly cause: unknown }
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
  /** Those that are named, `*` aside. */
  readonly namespaces: Readonly<Record<string, ResolvedNamespace>>;
  readonly fleetKeys: readonly Uint8Array[];
  readonly adoptPlain: string | null;
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
  "adoptPlain",
  "seal",
  "namespaces",
  "onEvent",
  "clock",
  "random",
];

const mib = 1_048_576;

/** @throws CacheError `invalid-option`, naming the option, its value and what is allowed. */
export function resolveOptions(options: CacheOptions): ResolvedOptions {
  checkRecord("options", options, known);
  const namespaces = new Namespaces(options.namespaces ?? {});
  const of = (key: string): ResolvedNamespace => namespaces.of(key);
  const seal = checkBoolean("seal", options.seal ?? false);
  return {
    directory: checkString("directory", options.directory),
    redis: checkRedis(options.redis),
    order: checkOneOf("order", options.order ?? "local-first", ["local-first", "redis-first"]),
    ...resolveBounds(options),
    namespaces: namespaces.named,
    fleetKeys: checkFleetKeys(options.fleetKeys ?? [], seal),
    adoptPlain:
      options.adoptPlain === undefined ? null : checkString("adoptPlain", options.adoptPlain),
    seal,
    onEvent: checkFunction("onEvent", options.onEvent ?? (() => undefined)),
    clock: checkClock(options.clock ?? systemClock),
    random: checkFunction("random", options.random ?? Math.random),
    horizonMs: Math.max(...namespaces.all.map(({ maxAgeMs }) => maxAgeMs)),
    maxAgeMs: (key) => of(key).maxAgeMs,
    whenUnverified: (key) => of(key).whenUnverified,
    copyOnRead: (key) => of(key).copyOnRead,
    policyFor: policyResolver(of),
  };
}

function resolveBounds(
  options: CacheOptions,
): Pick<
  ResolvedOptions,
  | "memoryMaxBytes"
  | "maxBytes"
  | "maxRows"
  | "maxUnpublished"
  | "maxNegatives"
  | "currencyMs"
  | "warmStartPerSecond"
> {
  const {
    memoryMaxBytes = 64 * mib,
    maxBytes = 1_024 * mib,
    maxRows = 1_000_000,
    maxUnpublished = 100_000,
    maxNegatives = 10_000,
    currencyMs = 2_000,
    warmStartPerSecond = 10,
  } = options;
  return {
    memoryMaxBytes: checkWhole("memoryMaxBytes", memoryMaxBytes, mib, 65_536 * mib),
    maxBytes: checkWhole("maxBytes", maxBytes, mib, 1_048_576 * mib),
    maxRows: checkWhole("maxRows", maxRows, 100, 10_000_000),
    maxUnpublished: checkWhole("maxUnpublished", maxUnpublished, 10, 1_000_000),
    maxNegatives: checkWhole("maxNegatives", maxNegatives, 1, 1_000_000),
    currencyMs: checkNumber("currencyMs", currencyMs, 500, 60_000),
    warmStartPerSecond: checkNumber("warmStartPerSecond", warmStartPerSecond, 0.1, 100_000),
  };
}

/** What is in it is checked where Redis is known. A URL is never quoted: it may hold a password. */
function checkRedis(redis: CacheOptions["redis"]): RedisStoreOptions | null {
  if (redis === undefined) return null;
  const given: unknown = redis;
  if (typeof redis !== "object" && (typeof redis !== "string" || redis === "")) {
    throw invalidOption("redis", given, "a URL or an object");
  }
  const options = typeof redis === "string" ? { url: redis } : redis;
  if (options === null) throw invalidOption("redis", given, "a URL or an object");
  checkRedisOptions(options);
  return options;
}

/** A key is never quoted: what is wrong with it is its length or its number. */
function checkFleetKeys(keys: readonly Uint8Array[], seal: boolean): readonly Uint8Array[] {
  if (!Array.isArray(keys)) throw invalidOption("fleetKeys", typeof keys, "an array of bytes");
  checkWhole("fleetKeys.length", keys.length, seal ? 1 : 0, 2);
  return keys.map((key: unknown, index) => {
    const path = `fleetKeys[${index}]`;
    if (!(key instanceof Uint8Array)) throw invalidOption(path, typeof key, "bytes");
    checkWhole(`${path}.length`, key.length, 32, 1_024);
    return Uint8Array.from(key);
  });
}

function checkFunction<T>(path: string, value: T): T {
  if (typeof value === "function") return value;
  throw invalidOption(path, value, "a function");
}

function checkClock(clock: Clock): Clock {
  checkRecord("clock", clock, null);
  const methods: readonly (keyof Clock)[] = ["wallMs", "monotonicMs", "after"];
  for (const method of methods) checkFunction(`clock.${method}`, clock[method]);
  return clock;
}
