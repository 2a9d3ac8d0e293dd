import assert from "node:assert/strict";
import { test } from "node:test";
import type { CacheStatus } from "../cache-contract.js";
import { gaugesOf } from "./gauges.js";

const up = { state: "up", sinceMs: 0, reason: null } as const;
const status: CacheStatus = {
  currency: "unverified",
  unverifiedBecause: "Redis is not answering",
  currencySinceMs: 0,
  redis: { state: "down", sinceMs: 0, reason: "x" },
  disk: up,
  generation: null,
  cursor: 0,
  unpublished: 3,
  members: [],
  barriers: 2,
  memory: { entries: 5, bytes: 600, maxBytes: 1000 },
  slot: 0,
};

function values(given: CacheStatus): Record<string, number> {
  return Object.fromEntries(
    gaugesOf(given).map(({ name, value }) => [name.replace("holdfast_cache_", ""), value]),
  );
}

void test("a status is told in numbers", () => {
  const expected = {
    verified: 0,
    disk_writable: 1,
    unpublished_writes: 3,
    barriers: 2,
    memory_entries: 5,
    memory_bytes: 600,
    redis_up: 0,
  };
  assert.deepEqual(values(status), expected);
});

void test("where no Redis is configured nothing says that it is down", () => {
  const alone = values({
    ...status,
    redis: { ...up, state: "not-configured" },
    currency: "verified",
  });
  assert.equal(alone["redis_up"], undefined);
  assert.equal(alone["verified"], 1);
});
