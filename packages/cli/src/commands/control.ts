import { type ControlSettings, parseDuration, runControl } from "@holdfast/control";
import { type Command, InvalidArgumentError } from "commander";
import { printJson, printLine } from "../output/print.js";
import { defaultState } from "./command-surroundings.js";

interface ControlOptions {
  readonly upstream: string;
  readonly upstreamTokenFile?: string;
  readonly upstreamDeadline: string;
  readonly host: string;
  readonly port: number;
  readonly allowHost: string[];
  readonly state: string;
  readonly realm: string;
  readonly fleetKeyFile?: string;
  readonly redisPrefix: string;
  readonly ttl: string;
  readonly grace: string;
  readonly jitter: number;
  readonly refreshAhead: number;
  readonly logLevel: string;
  readonly supervised?: true;
  readonly json?: true;
}

/** `holdfast control` */
export function addControl(program: Command): void {
  program
    .command("control")
    .description("run the control plane; REDIS_URL names a Redis to share answers through")
    .requiredOption("--upstream <url>", "where questions are posted")
    .option("--upstream-token-file <file>", "bearer token for the upstream, mode 0600")
    .option("--upstream-deadline <duration>", "how long one question may take", "5s")
    .option("--host <address>", "listen on", "127.0.0.1")
    .option("--port <port>", "0: any free one", number, 8080)
    .option("--allow-host <name...>", "host names to serve besides those of loopback", [])
    .option("--state <directory>", "token, key and cache", defaultState)
    .option("--realm <realm>", "the tenant of questions that name none", "default")
    .option("--fleet-key-file <file>", "32 bytes or more in base64url; required with Redis")
    .option("--redis-prefix <prefix>", "of all keys in Redis", "holdfast")
    .option("--ttl <duration>", "how long an answer is fresh", "2m")
    .option("--grace <duration>", "how long past that it stands in for a silent upstream", "24h")
    .option("--jitter <part>", "of the TTL, 0 to 0.5", number, 0.1)
    .option("--refresh-ahead <part>", "of the TTL, 0.1 to 1", number, 0.75)
    .option("--log-level <level>", "debug, info, warn, error or silent", "info")
    .option("--supervised", "end with the parent that holds our IPC channel")
    .option("--json", "say where it listens as one JSON value")
    .action((options: ControlOptions) =>
      runControl(settingsOf(options), {
        supervised: options.supervised === true,
        onListening(listening) {
          if (options.json === true) printJson(listening);
          else printLine(`listening on ${listening.url}; the token is in ${listening.tokenFile}`);
        },
      }),
    );
}

function settingsOf(options: ControlOptions): ControlSettings {
  return {
    upstreamUrl: options.upstream,
    upstreamTokenFile: options.upstreamTokenFile ?? null,
    upstreamDeadlineMs: parseDuration("--upstream-deadline", options.upstreamDeadline),
    host: options.host,
    port: options.port,
    allowedHosts: options.allowHost,
    stateDirectory: options.state,
    realm: options.realm,
    fleetKeyFile: options.fleetKeyFile ?? null,
    redisUrl: process.env["REDIS_URL"] ?? null,
    redisPrefix: options.redisPrefix,
    ttlMs: parseDuration("--ttl", options.ttl),
    graceMs: parseDuration("--grace", options.grace),
    jitter: options.jitter,
    refreshAhead: options.refreshAhead,
    logLevel: logLevel(options.logLevel),
  };
}

function logLevel(text: string): NonNullable<ControlSettings["logLevel"]> {
  const levels = ["debug", "info", "warn", "error", "silent"] as const;
  const level = levels.find((one) => one === text);
  if (level === undefined)
    throw new InvalidArgumentError(`--log-level is one of ${levels.join(", ")}`);
  return level;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("not a number");
  return value;
}
