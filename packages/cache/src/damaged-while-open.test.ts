import assert from "node:assert/strict";
import { closeSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import {
  eventually,
  redisMissing,
  startRedis,
  type TemporaryDirectory,
  temporaryDirectory,
} from "@holdfast/testkit";
import type { Cache } from "./cache-contract.js";
import { createCache } from "./create-cache.js";
import type { CacheEvent } from "./options.js";

const hourMs = 3_600_000;

interface Filling {
  readonly redis?: string;
  readonly onEvent?: (event: CacheEvent) => void;
}

/** A cache whose file holds some thousand entries and what was done at last, of which memory holds nothing. */
async function filled(
  directory: TemporaryDirectory,
  more: Filling = {},
  atLast: (cache: Cache) => Promise<void> = async () => undefined,
): Promise<Cache> {
  const options = { directory: directory.file("a"), ...more };
  await using first = createCache(options);
  await first.start();
  const value = "x".repeat(900);
  const numbers = Array.from({ length: 3_000 }, (_, number) => number);
  for (const number of numbers) await first.set(`copy:${number}`, value, 600, { copy: true });
  await Promise.all(numbers.map((number) => first.set(`write:${number}`, value, 600)));
  await atLast(first);
  await first.stop();
  const cache = createCache(options);
  await cache.start();
  return cache;
}

/** Garbage over half of every page but the first ones, in the file as it lies open. */
function damage(directory: TemporaryDirectory): void {
  const path = join(directory.file("a"), "slot-0", "cache.sqlite");
  const file = openSync(path, "r+");
  const garbage = Buffer.alloc(2_048, 0xa5);
  for (let page = 9; page < statSync(path).size / 4_096; page += 1)
    writeSync(file, garbage, 0, garbage.length, page * 4_096);
  closeSync(file);
}

void suite("a file that is damaged while it is open", () => {
  void test("is given up and replaced, while memory and the source answer", async () => {
    await using directory = await temporaryDirectory();
    const events: CacheEvent[] = [];
    const told = (t: CacheEvent["t"]) => events.some((event) => event.t === t);
    await using cache = await filled(directory, { onEvent: (event) => events.push(event) });
    await cache.fetch("seen:alice", async () => "ALLOW", { ttlMs: hourMs });
    damage(directory);
    const ask = (key: string) => cache.fetch(key, async () => "UP", { ttlMs: hourMs });
    for (const key of ["copy:1500", "copy:2500", "new:1"])
      assert.deepEqual([(await ask(key)).value, (await ask(key)).source], ["UP", "memory"], key);
    assert.equal((await ask("seen:alice")).value, "ALLOW");
    assert.ok(told("disk-lost"));
    await eventually(() => cache.status().disk.state === "up" && told("disk-replaced"));
    assert.ok(readdirSync(directory.file("a/slot-0")).some((name) => name.includes(".damaged-")));
    assert.equal((await cache.set("write:1503", "new", 60)).acknowledged, "durable");
    await cache.invalidate({ namespace: "gone" });
    await cache.stop();
    await using again = createCache({ directory: directory.file("a") });
    await again.start();
    assert.equal(await again.get("write:1503"), "new");
    assert.equal(await again.get("copy:2500"), "UP");
    assert.equal(again.status().barriers, 1);
  });

  const calls: Readonly<Record<string, (cache: Cache) => Promise<unknown>>> = {
    get: (cache) => cache.get("write:1500"),
    getMany: (cache) => cache.getMany(["write:1501", "copy:1501"]),
    peek: (cache) => cache.peek("write:1502"),
    set: (cache) => cache.set("write:1503", 1, 60),
    delete: (cache) => cache.delete("write:1504"),
    "invalidate of one key": (cache) => cache.invalidate({ key: "copy:1504" }),
    delMatching: (cache) => cache.delMatching("copy:*"),
    "invalidate of a namespace": (cache) => cache.invalidate({ namespace: "write" }),
  };
  for (const [name, call] of Object.entries(calls)) {
    void test(`is no error for ${name}`, async () => {
      await using directory = await temporaryDirectory();
      await using cache = await filled(directory);
      damage(directory);
      await call(cache);
      assert.equal(await cache.get("write:1504"), null);
      await eventually(() => cache.status().disk.state === "up");
      assert.equal(await cache.get("copy:1504"), null);
    });
  }

  void test("R1: a copy in Redis is not taken that a removal on the lost disk has overtaken", {
    skip: redisMissing,
  }, async () => {
    await using redis = await startRedis();
    await using directory = await temporaryDirectory();
    let lost = 0;
    const onEvent = ({ t }: CacheEvent): void => {
      lost += t === "disk-lost" ? 1 : 0;
    };
    const policy = { ttlMs: hourMs, refreshAhead: 1 };
    await using cache = await filled(directory, { redis: redis.url, onEvent }, async (first) => {
      await eventually(() => first.status().currency === "verified", { withinMs: 20_000 });
      const shared = `holdfast:${first.status().generation?.id}:write:1500:bob`;
      await first.fetch("write:1500:bob", async () => "ALLOW", policy);
      await eventually(async () => (await redis.command("COPY", shared, "kept")) === 1);
      await first.delete("write:1500:bob", { acknowledge: "all" });
      await eventually(async () => (await redis.command("COPY", "kept", shared)) === 1);
    });
    await eventually(() => cache.status().currency === "verified", { withinMs: 20_000 });
    damage(directory);
    assert.equal((await cache.fetch("write:1500:bob", async () => "DENY", policy)).value, "DENY");
    assert.equal(lost, 1);
  });

  void test("R1, R2: what was removed elsewhere is never given as verified", {
    skip: redisMissing,
  }, async () => {
    await using redis = await startRedis();
    await using directory = await temporaryDirectory();
    await using cache = await filled(directory, { redis: redis.url });
    await using other = createCache({ directory: directory.file("b"), redis: redis.url });
    await other.start();
    await eventually(() => [cache, other].every((one) => one.status().currency === "verified"), {
      withinMs: 20_000,
    });
    const policy = { ttlMs: hourMs, refreshAhead: 1 };
    await cache.fetch("auth:alice", async () => "ALLOW", policy);
    await cache.set("other", 1, 60);
    damage(directory);
    const receipt = await other.delete("auth:alice", { acknowledge: "all" });
    const applied = receipt.confirmed?.length === 2;
    await eventually(
      async () => {
        const { value, currency } = await cache.fetch("auth:alice", async () => "DENY", policy);
        assert.ok(
          value === "DENY" || (!applied && currency === "unverified"),
          `${value} ${currency}`,
        );
        assert.equal(value, "DENY");
      },
      { withinMs: 5_000 },
    );
    const healthy = () => cache.status().disk.state === "up";
    await eventually(() => healthy() && cache.status().currency === "verified", {
      withinMs: 20_000,
    });
    assert.equal(await cache.get("write:1500"), "x".repeat(900));
    await eventually(() => cache.status().cursor === other.status().cursor);
  });
});
