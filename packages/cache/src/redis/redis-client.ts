import type { Redis, RedisOptions } from "ioredis";
import type { Random } from "../clock.js";
import type { RedisSettings } from "./redis-options.js";

export type { Redis } from "ioredis";

type ClientOptions = Omit<RedisOptions, "replyMapping">;

/** Makes a client of the driver, which begins to connect at once. */
export type RedisClientFactory = (options: ClientOptions) => Redis;

/** Imports the driver, an optional peer that only those who use Redis install. */
export async function loadRedisClient(): Promise<RedisClientFactory> {
  const { Redis: Client } = await import("ioredis");
  return (options) => new Client(options);
}

export interface ClientTerms {
  readonly name: string;
  readonly callTimeoutMs: number;
  /** Pause before the next attempt to connect. */
  readonly retryDelayMs: () => number;
}

// What happens to a call is decided here and not by the driver: nothing is queued while the link is
// down, nothing is sent twice, nothing waits for a later attempt. A socket that stays silent this
// long while an answer is due is taken for half open and closed.
const silentSocketMs = 1_000;
const longestHandshakeMs = 1_000;
const disconnectMs = 100;
const keepAliveMs = 10_000;

export function clientOptions(settings: RedisSettings, terms: ClientTerms): ClientOptions {
  return {
    ...targetOptions(settings),
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    db: settings.db,
    connectionName: `holdfast-${terms.name}`,
    disableClientInfo: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    commandTimeout: Math.max(longestHandshakeMs, terms.callTimeoutMs * 2),
    socketTimeout: Math.max(silentSocketMs, terms.callTimeoutMs * 2),
    connectTimeout: settings.connectTimeoutMs,
    disconnectTimeout: disconnectMs,
    keepAlive: keepAliveMs,
    retryStrategy: terms.retryDelayMs,
    // A master that became a replica behind the same name: only a new connection finds the new one.
    reconnectOnError: (error) => /\bREADONLY\b/.test(error.message),
  };
}

function targetOptions({ target, connectTimeoutMs }: RedisSettings): ClientOptions {
  switch (target.t) {
    case "tcp":
      return { host: target.host, port: target.port };
    case "socket":
      return { path: target.path };
    case "sentinels":
      return {
        name: target.name,
        sentinels: target.addresses.map((address) => ({ ...address })),
        ...(target.username === undefined ? {} : { sentinelUsername: target.username }),
        ...(target.password === undefined ? {} : { sentinelPassword: target.password }),
        sentinelCommandTimeout: connectTimeoutMs,
        sentinelRetryStrategy: (attempts) => Math.min(attempts * 50, 500),
      };
    default:
      return target satisfies never;
  }
}

/** Pause before attempt number `attempts` (from 1): doubling from 50 ms to `mostMs`, with half of it at random. */
export function retryDelayMs(attempts: number, mostMs: number, random: Random): number {
  const full = Math.min(mostMs, 50 * 2 ** Math.min(attempts - 1, 16));
  return Math.round(full * (0.5 + random() / 2));
}

/** Closes the client and waits until its socket is gone. */
export async function endClient(client: Redis): Promise<void> {
  if (client.status === "end") return;
  // Between two attempts there is no socket and so no `end` to come.
  const isIdle = client.status === "reconnecting" || client.status === "wait";
  const ended = new Promise<void>((resolve) => {
    client.once("end", () => resolve());
  });
  client.disconnect();
  client.stream?.destroy();
  if (!isIdle) await ended;
}
