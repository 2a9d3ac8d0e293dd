import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { eventually, redisMissing, startRedis, temporaryDirectory } from "@holdfast/testkit";
import { systemClock } from "./clock.js";
import { createCache } from "./create-cache.js";
import type { CacheEvent } from "./options.js";

const day = 86_400_000;

/** The machine's clocks, with the wall clock so far ahead. */
function ahead(ms: number) {
  return { ...systemClock, wallMs: () => systemClock.wallMs() + ms };
}

void test("a file older than the horizon gives up copies and sets, publishes its removals, and says so", {
  skip: redisMissing,
}, async () => {
  await using redis = await startRedis();
  await using directory = await temporaryDirectory();
  const at = (name: string) => ({ directory: directory.file(name), redis: redis.url });
  const other = createCache(at("other"));
  await other.start();
  await other.set("auth:alice", "ALLOW", 600_000, { acknowledge: "all" });
  const cache = createCache(at("cache"));
  await cache.start();
  await eventually(async () => assert.equal(await cache.get("auth:alice"), "ALLOW"), {
    withinMs: 5_000,
    everyMs: 10,
  });
  await cache.set("copy", "old", 600_000, { copy: true });
  redis.freeze();
  await cache.delete("auth:alice");
  await cache.set("auth:bob", "ALLOW", 600_000);
  await cache.stop();
  redis.thaw();
  const events: CacheEvent[] = [];
  const late = createCache({
    ...at("cache"),
    clock: ahead(9 * day),
    onEvent: (event) => events.push(event),
  });
  await late.start();
  assert.equal(events[0]?.t, "horizon-passed");
  assert.equal(await late.get("copy"), null);
  assert.equal(await late.get("auth:bob"), null);
  assert.equal(await late.get("auth:alice"), null);
  await eventually(async () => assert.equal(await other.get("auth:alice"), null), {
    withinMs: 10_000,
    everyMs: 10,
  });
  assert.equal(await other.get("auth:bob"), null);
  await late.stop();
  await other.stop();
});

void test("a burst of copies is on the disk after stop, and a removal amid it does not wait for all of them", async () => {
  await using directory = await temporaryDirectory();
  const cache = createCache({ directory: directory.file("cache") });
  await cache.start();
  for (let n = 0; n < 20_000; n += 1) await cache.set(`copy:${n}`, n, 600, { copy: true });
  await cache.delete("copy:7");
  await cache.stop();
  const again = createCache({ directory: directory.file("cache") });
  await again.start();
  assert.equal(await again.get("copy:7"), null);
  for (const n of [0, 1, 9_999, 19_999]) assert.equal(await again.get(`copy:${n}`), n);
  await again.stop();
});

void test("what a set said leaves the file once the set has ended", async (t) => {
  await using directory = await temporaryDirectory();
  const where = directory.file("cache");
  const files = () =>
    readdirSync(`${where}/slot-0`).map((name) => readFileSync(`${where}/slot-0/${name}`));
  t.mock.timers.enable({ apis: ["setTimeout"] });
  {
    await using cache = createCache({ directory: where });
    await cache.start();
    await cache.set("auth:alice", "s3cret-verifier", 0.001);
    t.mock.timers.tick(60_000);
    t.mock.timers.reset();
    await eventually(() => assert(!files().some((file) => file.includes("s3cret"))), {
      withinMs: 10_000,
      everyMs: 20,
    });
  }
  const again = createCache({ directory: where });
  await again.start();
  assert.equal(await again.get("auth:alice"), null);
  await again.stop();
  assert(!files().some((file) => file.includes("s3cret")));
});
