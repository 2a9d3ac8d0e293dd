import type { Cache, CacheStatus, DependencyStatus } from "@holdfast/cache";
import type { Decisions, DecisionsStatus, UpstreamState } from "@holdfast/decisions";

/** What the control plane knows of itself and of what it depends on. */
export interface ControlStatus {
  readonly version: string;
  readonly pid: number;
  readonly realm: string;
  readonly nowMs: number;
  readonly startedAtMs: number;
  readonly dependencies: {
    readonly upstream: UpstreamStatus;
    readonly redis: DependencyStatus;
    readonly disk: DependencyStatus;
  };
  readonly currency: Pick<CacheStatus, "currency" | "unverifiedBecause" | "currencySinceMs">;
  readonly cache: Pick<CacheStatus, "memory" | "unpublished" | "barriers" | "members">;
  readonly answers: DecisionsStatus["counts"];
  readonly upstreamCalls: DecisionsStatus["upstreamCalls"];
}

/** As last seen by a question: the upstream is not asked for the sake of knowing. */
export interface UpstreamStatus {
  readonly state: "unknown" | "up" | "down";
  readonly sinceMs: number;
  readonly lastAskedMs: number | null;
  readonly reason: string | null;
}

export interface StatusSources {
  readonly cache: Cache;
  readonly decisions: Decisions;
  readonly realm: string;
  readonly version: string;
  readonly startedAtMs: number;
}

export function readStatus(sources: StatusSources, nowMs: number): ControlStatus {
  const { cache, decisions, realm, version, startedAtMs } = sources;
  const held = cache.status();
  const { upstream, upstreamCalls, counts } = decisions.status();
  const { currency, unverifiedBecause, currencySinceMs } = held;
  const { memory, unpublished, barriers, members } = held;
  return {
    version,
    pid: process.pid,
    realm,
    nowMs,
    startedAtMs,
    dependencies: {
      upstream: upstreamStatus(upstream, startedAtMs),
      redis: held.redis,
      disk: held.disk,
    },
    currency: { currency, unverifiedBecause, currencySinceMs },
    cache: { memory, unpublished, barriers, members },
    answers: counts,
    upstreamCalls,
  };
}

function upstreamStatus(upstream: UpstreamState, startedAtMs: number): UpstreamStatus {
  switch (upstream.t) {
    case "unknown":
      return { state: "unknown", sinceMs: startedAtMs, lastAskedMs: null, reason: null };
    case "up":
      return {
        state: "up",
        sinceMs: upstream.sinceMs,
        lastAskedMs: upstream.lastAskedMs,
        reason: null,
      };
    case "down":
      return {
        state: "down",
        sinceMs: upstream.sinceMs,
        lastAskedMs: upstream.lastAskedMs,
        reason: upstream.message,
      };
  }
}
