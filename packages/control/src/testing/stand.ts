import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createDecisions, type Decisions } from "@holdfast/decisions";
import type { FastifyInstance, LightMyRequestResponse } from "fastify";
import { buildServer } from "../http/server.js";
import type { Readiness } from "../http/status-routes.js";
import { createLog } from "../log.js";
import { createMetrics } from "../metrics/control-metrics.js";
import { openCache } from "../open-cache.js";
import { resolveSettings } from "../settings.js";
import { readStatus } from "../status.js";
import { StubUpstream } from "./stub-upstream.js";

const token = "t0ken";

export interface Stand {
  readonly app: FastifyInstance;
  readonly decisions: Decisions;
  readonly upstream: StubUpstream;
  /** Every line that was logged. */
  readonly log: readonly string[];
  readonly be: (readiness: Readiness) => void;
  readonly post: (
    url: string,
    body: unknown,
    headers?: Record<string, string>,
  ) => Promise<LightMyRequestResponse>;
  readonly get: (url: string, headers?: Record<string, string>) => Promise<LightMyRequestResponse>;
}

/** A directory that is gone when the test ends. */
export function temporary(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-control-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** The HTTP interface over a real cache and an upstream that does as it is told. */
export async function stand(t: TestContext): Promise<Stand> {
  const directory = temporary(t);
  const settings = resolveSettings({ upstreamUrl: "http://127.0.0.1:1/" });
  const lines: string[] = [];
  const log = createLog("debug", { write: (line: string) => void lines.push(line) });
  const fleetKey = Buffer.alloc(32, 3);
  const cache = openCache({ settings, directory, fleetKey, log });
  await cache.start();
  t.after(() => cache.stop());
  const upstream = new StubUpstream();
  const decisions = createDecisions({ cache, upstream, fleetKey });
  let readiness: Readiness = { t: "ready" };
  const sources = { cache, decisions, realm: "default", version: "0", startedAtMs: 0 };
  const app = await buildServer({
    decisions,
    metrics: createMetrics(cache, decisions),
    token,
    realm: "default",
    allowedHosts: ["panel.test"],
    logger: log,
    readiness: () => readiness,
    status: () => readStatus(sources, 5),
  });
  t.after(() => app.close());
  const known = { host: "127.0.0.1:80", authorization: `Bearer ${token}` };
  return {
    app,
    decisions,
    upstream,
    log: lines,
    be: (next) => {
      readiness = next;
    },
    post: (url, body, headers = {}) =>
      app.inject({
        method: "POST",
        url,
        headers: { ...known, "content-type": "application/json", ...headers },
        payload: typeof body === "string" ? body : JSON.stringify(body),
      }),
    get: (url, headers = {}) =>
      app.inject({ method: "GET", url, headers: { ...known, ...headers } }),
  };
}
