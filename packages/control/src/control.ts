import type { AddressInfo } from "node:net";
import { type Cache, systemClock } from "@holdfast/cache";
import { createDecisions, createHttpUpstream, type Upstream } from "@holdfast/decisions";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { ControlError } from "./control-error.js";
import { buildServer } from "./http/server.js";
import type { Readiness } from "./http/status-routes.js";
import { createMetrics } from "./metrics/control-metrics.js";
import { openCache } from "./open-cache.js";
import { type ControlSettings, type ResolvedSettings, resolveSettings } from "./settings.js";
import { loadFleetKey } from "./state/fleet-key.js";
import { ensureOwnDirectory, readOwnerOnly } from "./state/owner-only-file.js";
import {
  loadToken,
  removeControlAddress,
  type StateFiles,
  stateFiles,
  writeControlAddress,
} from "./state/state-files.js";
import { type ControlStatus, readStatus } from "./status.js";
import { version } from "./version.js";

/** A control plane that runs. */
export interface Control extends AsyncDisposable {
  readonly url: string;
  readonly tokenFile: string;
  status(): ControlStatus;
  /** Says "not ready", answers what has been accepted, publishes what it can, and lets go of everything. */
  stop(): Promise<void>;
}

/** @throws ControlError where a setting, the state directory or the address cannot be used. */
export async function startControl(given: ControlSettings, log: Logger): Promise<Control> {
  const settings = resolveSettings(given);
  const files = stateFiles(settings.stateDirectory);
  ensureOwnDirectory(files.directory);
  const token = loadToken(files);
  const fleetKey = loadFleetKey({
    path: settings.fleetKeyFile,
    defaultPath: files.fleetKeyFile,
    shared: settings.redisUrl !== null,
  });
  const upstream = openUpstream(settings);
  const cache = openCache({ settings, directory: files.cacheDirectory, fleetKey, log });
  await cache.start();
  const running = { settings, files, token, fleetKey, upstream, cache, log };
  try {
    return await serve(running);
  } catch (error) {
    await cache.stop();
    await upstream[Symbol.asyncDispose]();
    throw error;
  }
}

interface Running {
  readonly settings: ResolvedSettings;
  readonly files: StateFiles;
  readonly token: string;
  readonly fleetKey: Uint8Array;
  readonly upstream: Upstream;
  readonly cache: Cache;
  readonly log: Logger;
}

async function serve(running: Running): Promise<Control> {
  const { settings, files, token, fleetKey, upstream, cache, log } = running;
  const { ttlMs, graceMs, jitter, refreshAhead, realm, allowedHosts } = settings;
  const auth = { ttlMs, graceMs, jitter, refreshAhead };
  const decisions = createDecisions({ cache, upstream, fleetKey, auth });
  const metrics = createMetrics(cache, decisions);
  const startedAtMs = systemClock.wallMs();
  const sources = { cache, decisions, realm, version, startedAtMs };
  const status = () => readStatus(sources, systemClock.wallMs());
  let readiness: Readiness = { t: "ready" };
  const app = await buildServer({
    decisions,
    metrics,
    token,
    realm,
    allowedHosts,
    logger: log,
    readiness: () => readiness,
    status,
  });
  const url = await listen(app, settings);
  writeControlAddress(files, { url, pid: process.pid, tokenFile: files.tokenFile });
  log.info({ url, version }, "listening");
  let stopping: Promise<void> | null = null;

  async function end(): Promise<void> {
    readiness = { t: "not-ready", why: "This instance is stopping" };
    log.info("stopping");
    await app.close();
    removeControlAddress(files, process.pid);
    await cache.stop();
    await upstream[Symbol.asyncDispose]();
    log.info("stopped");
  }
  const stop = () => (stopping ??= end());
  return { url, tokenFile: files.tokenFile, status, stop, [Symbol.asyncDispose]: stop };
}

async function listen(app: FastifyInstance, { host, port }: ResolvedSettings): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const state = cause instanceof Error ? cause.message : String(cause);
    throw new ControlError("listen", `Cannot listen on ${host}:${port}: ${state}`, { cause });
  }
  const address = app.server.address() as AddressInfo;
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${name}:${address.port}`;
}

function openUpstream(settings: ResolvedSettings): Upstream {
  const { upstreamUrl: url, upstreamTokenFile, upstreamDeadlineMs: deadlineMs } = settings;
  const token = upstreamTokenFile === null ? {} : { token: readOwnerOnly(upstreamTokenFile) };
  return createHttpUpstream({ url, deadlineMs, ...token });
}
