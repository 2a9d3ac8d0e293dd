import assert from "node:assert/strict";
import type { Lab } from "./lab.js";
import { settled } from "./states.js";

/** A population of keys that is read evenly, and an upstream that is asked as seldom as the TTL allows. */
export interface HerdScale {
  readonly keys: number;
  readonly readsPerSecond: number;
  readonly ttlMs: number;
  /** How long Redis is dead. */
  readonly deadMs: number;
}

export const limiterPerSecond = 10;

export interface HerdFigures {
  readonly reads: number;
  readonly callsAlive: number;
  readonly callsDead: number;
  readonly allowed: number;
  readonly unanswered: number;
}

/**
 * The same reads twice, side by side: over a Redis that lives and over one that is killed when the
 * counting begins. Before that, both read for a TTL and a half, so that refreshes are spread evenly.
 */
export async function runHerd(lab: Lab, scale: HerdScale): Promise<HerdFigures> {
  const { keys, readsPerSecond, ttlMs, deadMs } = scale;
  const [alive, dead] = await Promise.all([lab.redis(), lab.redis()]);
  const instances = await Promise.all([
    lab.instance(alive, { warmStartPerSecond: limiterPerSecond }),
    lab.instance(dead, { warmStartPerSecond: limiterPerSecond }),
  ]);
  await settled(...instances);
  const policy = { ttlMs, recheckMs: ttlMs, graceMs: 10 * ttlMs };
  const read = (forMs: number) =>
    instances.map((instance) =>
      instance.fetchAtRate({ forMs, perSecond: readsPerSecond, keys, policy }),
    );
  await Promise.all(read(1.5 * ttlMs));
  const [withRedis, without] = read(deadMs);
  await dead.kill();
  const [living, orphaned] = await Promise.all([withRedis, without]);
  assert.ok(living !== undefined && orphaned !== undefined);
  return {
    reads: orphaned.asked,
    callsAlive: living.loads,
    callsDead: orphaned.loads,
    allowed: living.loads + (limiterPerSecond * deadMs) / 1_000,
    unanswered: orphaned.asked - orphaned.answered,
  };
}
