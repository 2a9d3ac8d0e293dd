import type {
  Cache,
  CacheEvent,
  FetchPolicy,
  RemovalTarget,
  RemoveOptions,
  SetOptions,
} from "@holdfast/cache";
import { createSteppedCache } from "@holdfast/cache/testing";
import { crashAt, crashHook, type ShiftedClock, serveChild, shiftedClock } from "@holdfast/testkit";
import type { InstanceOptions } from "./instance-options.js";
import { type FetchLoad, fetchAtRate, type MixedLoad, mixAtRate } from "./traffic.js";

// One instance of the cache in a process of its own, asked by a test what it answers.

let clock: ShiftedClock = shiftedClock();
let cache: Cache | undefined;
let crash: (step: string) => void = () => undefined;
let loads = 0;
const events: CacheEvent[] = [];

function running(): Cache {
  if (cache === undefined) throw new Error("Cannot use the cache: it was not started");
  return cache;
}

async function load<T>(value: T): Promise<T> {
  loads += 1;
  return value;
}

serveChild({
  async start({ wallAheadMs = 0, ...options }: InstanceOptions) {
    clock = shiftedClock({ wallAheadMs });
    cache = createSteppedCache(
      { ...options, clock, onEvent: (event) => events.push(event) },
      (step) => crash(step),
    );
    await cache.start();
  },
  stop: () => running().stop(),
  get: (key: string) => running().get(key),
  set: (key: string, value: unknown, ttlSeconds: number, options: SetOptions) =>
    running().set(key, value, ttlSeconds, options),
  delete: (key: string, options: RemoveOptions) => running().delete(key, options),
  delMatching: (glob: string, options: RemoveOptions) => running().delMatching(glob, options),
  invalidate: (target: RemovalTarget, options: RemoveOptions) =>
    running().invalidate(target, options),
  /** The loader answers `value`. */
  fetch: (key: string, value: unknown, policy: FetchPolicy) =>
    running().fetch(key, () => load(value), policy),
  loads: () => loads,
  peek: (key: string) => running().peek(key),
  status: () => running().status(),
  metrics: () => running().metrics(),
  events: () => events.map((event) => event.t),
  advance: (ms: number) => clock.advance(ms),
  jumpWall: (ms: number) => clock.jumpWall(ms),
  /** From now on, the process kills itself when it comes to that step. */
  crashAt(step: string) {
    Object.assign(process.env, crashAt(step));
    crash = crashHook();
  },
  mixAtRate: (mixed: MixedLoad) => mixAtRate(running(), mixed),
  async fetchAtRate(fetched: FetchLoad) {
    const before = loads;
    const figures = await fetchAtRate(running(), (key) => load(key), fetched);
    return { ...figures, loads: loads - before };
  },
});
