import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  eventually,
  freePort,
  redisMissing,
  type ShiftedClock,
  shiftedClock,
  startFaultProxy,
  startRedis,
  temporaryDirectory,
} from "@holdfast/testkit";
import type { Cache } from "./cache-contract.js";
import { CacheError } from "./cache-error.js";
import { createCache } from "./create-cache.js";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const hour = 3_600;
/** Serves for a quarter of an hour, never, and for as long as there is something. */
const namespaces = {
  auth: { whenUnverified: { denyAfterMs: 15 * minuteMs } },
  gate: { whenUnverified: "deny" },
  "*": { whenUnverified: "serve" },
} as const;
const keys = ["auth:alice", "gate:alice", "net:alice"] as const;

interface Place {
  readonly directory: string;
  readonly redis: string;
}

async function started(place: Place, clock: ShiftedClock): Promise<Cache> {
  const cache = createCache({ ...place, clock, namespaces });
  await cache.start();
  return cache;
}

async function verified(...caches: readonly Cache[]): Promise<void> {
  await eventually(() => caches.every((cache) => cache.status().currency === "verified"), {
    withinMs: 15_000,
  });
}

/** Redis is read, but it may evict the log. */
async function evicting(cache: Cache): Promise<void> {
  await eventually(() => cache.status().unverifiedBecause?.includes("evict"), { withinMs: 15_000 });
}

async function written(cache: Cache): Promise<void> {
  for (const key of keys) await cache.set(key, "ALLOW", 3 * hour, { acknowledge: "shared" });
}

/** What each namespace answers: by `get`, by `getMany`, and by `fetch` from a source that has failed. */
async function answers(cache: Cache): Promise<Record<string, unknown>> {
  const many = await cache.getMany(keys);
  const answered: Record<string, unknown> = {};
  for (const key of keys) {
    const value = await cache.get(key);
    assert.equal(many.get(key) ?? null, value, `getMany of ${key}`);
    assert.equal(await fetched(cache, key), value, `fetch of ${key}`);
    answered[key.slice(0, key.indexOf(":"))] = value;
  }
  return answered;
}

async function fetched(cache: Cache, key: string): Promise<unknown> {
  try {
    const { value, source } = await cache.fetch(key, () => Promise.reject(new Error("it is down")));
    assert.notEqual(source, "upstream");
    return value;
  } catch (error) {
    assert.ok(error instanceof CacheError && error.code === "unavailable", String(error));
    return null;
  }
}

const all = { auth: "ALLOW", gate: "ALLOW", net: "ALLOW" };
const forNow = { ...all, gate: null };
const later = { ...forNow, auth: null };

void suite("R4: what is not verified", { skip: redisMissing, concurrency: 2 }, () => {
  void test("is served, served for a time, or not served, and served again once it is verified", async () => {
    await using redis = await startRedis();
    await using directory = await temporaryDirectory();
    const clock = shiftedClock();
    await using cache = await started({ directory: directory.file("a"), redis: redis.url }, clock);
    await verified(cache);
    await written(cache);
    assert.deepEqual(await answers(cache), all);
    await redis.kill();
    clock.advance(5 * secondMs);
    assert.deepEqual(await answers(cache), forNow);
    assert.equal(cache.status().currency, "unverified");
    clock.advance(14 * minuteMs + 50 * secondMs);
    assert.deepEqual(await answers(cache), forNow);
    clock.advance(10 * secondMs);
    assert.deepEqual(await answers(cache), later);
    clock.advance(hourMs);
    assert.deepEqual(await answers(cache), later);
    await redis.start();
    await verified(cache);
    assert.deepEqual(await answers(cache), all);
    await redis.kill();
    clock.advance(14 * minuteMs);
    assert.deepEqual(await answers(cache), forNow, "the time begins anew");
  });

  void test("is asked of the source where it may not be served, and what the source says is given", async () => {
    await using redis = await startRedis();
    await using directory = await temporaryDirectory();
    const clock = shiftedClock();
    await using cache = await started({ directory: directory.file("a"), redis: redis.url }, clock);
    await verified(cache);
    await cache.fetch("auth:bob", async () => "ALLOW", { ttlMs: hourMs, jitter: 0 });
    await redis.kill();
    clock.advance(16 * minuteMs);
    let asked = 0;
    const ask = () =>
      cache.fetch("auth:bob", async () => {
        asked += 1;
        return "DENY";
      });
    for (const times of [1, 2]) {
      const answer = await ask();
      assert.deepEqual([answer.value, answer.source], ["DENY", "upstream"]);
      assert.equal(asked, times, "not even what was just loaded may be served");
    }
    assert.equal(await cache.get("auth:bob"), null);
  });

  void test("can be what was revoked elsewhere for that long, and never again after the link is back", async () => {
    await using redis = await startRedis();
    await using link = await startFaultProxy({ targetPort: redis.port });
    await using directory = await temporaryDirectory();
    const clock = shiftedClock();
    await using cut = await started({ directory: directory.file("a"), redis: link.url }, clock);
    await using other = await started(
      { directory: directory.file("b"), redis: redis.url },
      shiftedClock(),
    );
    await verified(cut, other);
    await written(other);
    await eventually(async () => assert.deepEqual(await answers(cut), all), { withinMs: 5_000 });
    await link.cut();
    const receipt = await other.invalidate({ key: "auth:alice" }, { acknowledge: "shared" });
    assert.equal(receipt.acknowledged, "shared");
    clock.advance(14 * minuteMs);
    assert.equal(await cut.get("auth:alice"), "ALLOW");
    clock.advance(61 * secondMs);
    assert.equal(await cut.get("auth:alice"), null);
    await link.heal();
    await verified(cut);
    assert.deepEqual(await answers(cut), { ...all, auth: null });
    await link.cut();
    clock.advance(minuteMs);
    assert.deepEqual(await answers(cut), { ...forNow, auth: null });
  });
});

void suite("R4 over a restart", { skip: redisMissing, concurrency: 2 }, () => {
  /** A run that was verified, lost Redis, and ended ten minutes later; then one with that clock. */
  async function restarted(
    wallAheadMs: number,
    look: (cache: Cache, clock: ShiftedClock) => Promise<void>,
  ): Promise<void> {
    await using redis = await startRedis();
    await using directory = await temporaryDirectory();
    const place = { directory: directory.file("a"), redis: redis.url };
    const clock = shiftedClock();
    const first = await started(place, clock);
    await verified(first);
    await written(first);
    await redis.kill();
    clock.advance(10 * minuteMs);
    assert.deepEqual(await answers(first), forNow);
    await first.stop();
    const again = shiftedClock({ wallAheadMs });
    await using second = await started(place, again);
    await look(second, again);
    await redis.start();
    await verified(second);
    assert.deepEqual(await answers(second), all);
  }

  void test("the time counts from when the earlier run was verified last", () =>
    restarted(10 * minuteMs, async (cache, clock) => {
      assert.deepEqual(await answers(cache), forNow);
      clock.advance(4 * minuteMs + 45 * secondMs);
      assert.deepEqual(await answers(cache), forNow);
      clock.advance(15 * secondMs);
      assert.deepEqual(await answers(cache), later);
    }));

  void test("the time while nothing ran counts, too", () =>
    restarted(16 * minuteMs, async (cache) => {
      assert.deepEqual(await answers(cache), later);
    }));

  void test("a clock that was set back by an hour gives no more time", () =>
    restarted(-hourMs, async (cache, clock) => {
      assert.deepEqual(await answers(cache), forNow);
      clock.advance(5 * minuteMs);
      assert.deepEqual(await answers(cache), later);
    }));

  void test("a clock that is set back while the program runs gives no more time either", () =>
    restarted(10 * minuteMs, async (cache, clock) => {
      clock.jumpWall(-hourMs);
      assert.deepEqual(await answers(cache), forNow);
      clock.advance(5 * minuteMs);
      assert.deepEqual(await answers(cache), later);
    }));

  void test("no restart gives more time to what was never verified", async () => {
    await using directory = await temporaryDirectory();
    const place = {
      directory: directory.file("a"),
      redis: `redis://127.0.0.1:${await freePort()}`,
    };
    for (const minutes of [0, 7, 14, 21]) {
      await using cache = await started(place, shiftedClock({ wallAheadMs: minutes * minuteMs }));
      if (minutes === 0) for (const key of keys) await cache.set(key, "ALLOW", 3 * hour);
      assert.deepEqual(await answers(cache), minutes < 15 ? forNow : later, `minute ${minutes}`);
    }
  });

  void test("what may not be served any more is not served after a restart either, though the log is read", async () => {
    await using redis = await startRedis({ config: { maxmemory: "50mb" } });
    await using directory = await temporaryDirectory();
    const place = { directory: directory.file("a"), redis: redis.url };
    const clock = shiftedClock();
    const first = await started(place, clock);
    await verified(first);
    await written(first);
    await redis.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
    await evicting(first);
    clock.advance(16 * minuteMs);
    await evicting(first);
    assert.deepEqual(await answers(first), later);
    await first.stop();
    await using second = await started(place, shiftedClock({ wallAheadMs: 16 * minuteMs }));
    assert.deepEqual(await answers(second), later);
    await evicting(second);
    assert.deepEqual(await answers(second), later);
    await redis.command("CONFIG", "SET", "maxmemory-policy", "noeviction");
    await verified(second);
    assert.deepEqual(await answers(second), all);
  });
});
