import type { ConnectionOptions } from "node:tls";
import { CacheError } from "../cache-error.js";
import { parseRedisUrl } from "./redis-url.js";

/** Where Redis is and how to talk to it. Exactly one of `url`, `host`, `path` and `sentinels` is given. */
export interface RedisStoreOptions {
  /**
   * `redis://[user:password@]host[:port][/db]`, `rediss://…` over TLS, `unix:///path[?db=n]`, or the
   * bare path of a socket. What the other fields say goes before what it says.
   */
  readonly url?: string;
  readonly host?: string;
  /** @default 6379 */
  readonly port?: number;
  /** Path of a Unix socket. */
  readonly path?: string;
  /** Sentinels to ask for the master named `sentinelName`. */
  readonly sentinels?: readonly RedisAddress[];
  readonly sentinelName?: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
  readonly username?: string;
  readonly password?: string;
  /** Not to be had in a cluster. @default 0 */
  readonly db?: number;
  /** True, or what Node's `tls.connect` takes. @default false; true with `rediss://` */
  readonly tls?: boolean | ConnectionOptions;
  /**
   * Begins every key: 1 to 64 letters, digits and `-_.:/`. Whoever shares a prefix shares a cache.
   * @default "holdfast"
   */
  readonly prefix?: string;
  /** How long a copy in Redis may take to be read; 5 to 10,000. @default 50 */
  readonly copyTimeoutMs?: number;
  /** How long a call for the log may take; 50 to 10,000. @default 500 */
  readonly logTimeoutMs?: number;
  /** How long a connection may take to be made; 50 to 60,000. @default 2_000 */
  readonly connectTimeoutMs?: number;
}

interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Where the server is found. */
export type RedisTarget =
  | ({ readonly t: "tcp" } & RedisAddress)
  | { readonly t: "socket"; readonly path: string }
  | {
      readonly t: "sentinels";
      readonly name: string;
      readonly addresses: readonly RedisAddress[];
      readonly username: string | undefined;
      readonly password: string | undefined;
    };

/** The options as checked, with every default filled in. */
export interface RedisSettings {
  readonly target: RedisTarget;
  /** The target in words fit for logs: without any secret. */
  readonly where: string;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly db: number;
  readonly tls: ConnectionOptions | undefined;
  readonly prefix: string;
  readonly copyTimeoutMs: number;
  readonly logTimeoutMs: number;
  readonly connectTimeoutMs: number;
}

/**
 * Checks the options.
 *
 * @throws CacheError `invalid-option`; passwords and URLs are never quoted in it.
 */
export function checkRedisOptions(options: RedisStoreOptions): RedisSettings {
  const url = options.url === undefined ? undefined : parseRedisUrl(options.url);
  const target = url?.target ?? targetOf(options);
  if (url !== undefined) rejectSecondTarget(options);
  const tls = options.tls ?? url?.tls ?? false;
  return {
    target,
    where: describeTarget(target),
    username: options.username ?? url?.username,
    password: options.password ?? url?.password,
    db: within("db", options.db ?? url?.db ?? 0, 0, 65_535),
    tls: tls === true ? {} : tls === false ? undefined : tls,
    prefix: checkPrefix(options.prefix ?? "holdfast"),
    copyTimeoutMs: within("copyTimeoutMs", options.copyTimeoutMs ?? 50, 5, 10_000),
    logTimeoutMs: within("logTimeoutMs", options.logTimeoutMs ?? 500, 50, 10_000),
    connectTimeoutMs: within("connectTimeoutMs", options.connectTimeoutMs ?? 2_000, 50, 60_000),
  };
}

function targetOf(options: RedisStoreOptions): RedisTarget {
  const { host, path, sentinels } = options;
  const given = [host, path, sentinels].filter((target) => target !== undefined).length;
  if (given !== 1) throw invalid("url", "exactly one of url, host, path and sentinels is needed");
  if (path !== undefined) return { t: "socket", path };
  if (sentinels !== undefined) return sentinelTarget(sentinels, options);
  if (host === undefined || host === "") throw invalid("host", "it is empty");
  return { t: "tcp", host, port: within("port", options.port ?? 6379, 1, 65_535) };
}

function sentinelTarget(
  addresses: readonly RedisAddress[],
  { sentinelName, sentinelUsername, sentinelPassword }: RedisStoreOptions,
): RedisTarget {
  if (sentinelName === undefined) throw invalid("sentinelName", "it is needed beside sentinels");
  if (addresses.length === 0) throw invalid("sentinels", "at least one is needed");
  return {
    t: "sentinels",
    name: sentinelName,
    addresses,
    username: sentinelUsername,
    password: sentinelPassword,
  };
}

function rejectSecondTarget(options: RedisStoreOptions): void {
  for (const name of ["host", "port", "path", "sentinels"] as const) {
    if (options[name] !== undefined) throw invalid(name, "url says where Redis is already");
  }
}

function describeTarget(target: RedisTarget): string {
  switch (target.t) {
    case "tcp":
      return `${target.host}:${target.port}`;
    case "socket":
      return target.path;
    case "sentinels":
      return `${target.name} of ${target.addresses.map(({ host, port }) => `${host}:${port}`).join(", ")}`;
    default:
      return target satisfies never;
  }
}

// Braces would move the hash tag that keeps the log's keys together in a cluster.
function checkPrefix(prefix: string): string {
  if (/^[A-Za-z0-9._:/-]{1,64}$/.test(prefix)) return prefix;
  throw invalid("prefix", `${JSON.stringify(prefix)} is not 1 to 64 letters, digits and -_.:/`);
}

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalid(name, `${value} is not a whole number from ${least} to ${most}`);
}

function invalid(name: string, state: string): CacheError {
  const argument = `redis.${name}`;
  return new CacheError("invalid-option", `Cannot take "${argument}": ${state}`, { argument });
}
