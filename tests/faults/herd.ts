import assert from "node:assert/strict";
import type { FetchPolicy } from "@holdfast/cache";
import type { Lab } from "./lab.js";
import { settled } from "./states.js";

/** A population of keys, read in turn, and how long Redis is dead. */
export interface HerdScale {
  readonly keys: number;
  readonly readsPerSecond: number;
  readonly policies: readonly FetchPolicy[];
  readonly beforeMs: number;
  readonly deadMs: number;
}

interface HerdFigures {
  readonly reads: number;
  readonly callsAlive: number;
  readonly callsDead: number;
}

const limiterPerSecond = 10;

/**
 * The same reads twice, side by side: over a Redis that lives and over one that is killed when the
 * counting begins. All are answered, and the upstream is not called more often than the limiter allows.
 */
export async function withoutHerd(lab: Lab, scale: HerdScale): Promise<string> {
  const { reads, callsAlive, callsDead } = await runHerd(lab, scale);
  const allowed = callsAlive + (limiterPerSecond * scale.deadMs) / 1_000;
  assert.ok(callsDead <= allowed, `${callsDead} calls, ${allowed} allowed`);
  return (
    `${callsDead} calls upstream without Redis, ${callsAlive} at the same time with it, ` +
    `${allowed} allowed, for ${reads} reads each, all answered`
  );
}

async function runHerd(lab: Lab, scale: HerdScale): Promise<HerdFigures> {
  const { keys, readsPerSecond, policies, beforeMs, deadMs } = scale;
  const [alive, dead] = await Promise.all([lab.redis(), lab.redis()]);
  const options = { warmStartPerSecond: limiterPerSecond };
  const instances = await Promise.all([lab.instance(alive, options), lab.instance(dead, options)]);
  await Promise.all(instances.map((instance) => settled(instance)));
  const read = (forMs: number) =>
    instances.map((instance) =>
      instance.fetchAtRate({ forMs, perSecond: readsPerSecond, keys, policies }),
    );
  await Promise.all(read(beforeMs));
  const reads = read(deadMs);
  await dead.kill();
  const [living, orphaned] = await Promise.all(reads);
  assert.ok(living !== undefined && orphaned !== undefined);
  for (const { answered, asked } of [living, orphaned]) assert.equal(answered, asked);
  return { reads: orphaned.asked, callsAlive: living.loads, callsDead: orphaned.loads };
}
