import assert from "node:assert/strict";
import { test } from "node:test";
import { Counters } from "./counters.js";
import { metricNames } from "./families.js";

function valueOf(
  counters: Counters,
  name: string,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const found = counters
    .samples()
    .filter(
      (sample) =>
        sample.name === `holdfast_cache_${name}_total` &&
        Object.entries(labels).every(([of, text]) => sample.labels[of] === text),
    );
  assert.ok(found.length <= 1, "the labels name one sample");
  return found[0]?.value;
}

function kinds(counters: Counters): Set<string | undefined> {
  return new Set(counters.samples().map(({ labels }) => labels["kind"]));
}

void test("hits are counted by layer and kind", () => {
  const counters = new Counters(["auth"]);
  counters.hit("memory", "auth:alice");
  counters.hit("memory", "auth:bob");
  counters.hit("redis", "auth:bob");
  counters.hit("sqlite", "net:alice");
  counters.hit("sqlite", "authx:alice");
  counters.hit("sqlite", "alice");
  assert.equal(valueOf(counters, "hits", { layer: "memory", kind: "auth" }), 2);
  assert.equal(valueOf(counters, "hits", { layer: "redis", kind: "auth" }), 1);
  assert.equal(valueOf(counters, "hits", { layer: "sqlite", kind: "auth" }), 0);
  for (const kind of ["net", "authx", "other"]) {
    assert.equal(valueOf(counters, "hits", { layer: "sqlite", kind }), 1);
  }
});

void test("everything else is counted under its name", () => {
  const counters = new Counters([]);
  counters.miss("auth:a");
  counters.set("auth");
  counters.removal("key");
  counters.removal("barrier");
  counters.loaded("auth:a", "negative");
  counters.refreshed("auth:a", "stale");
  counters.answered("auth:a", "upstream", "stale");
  counters.saved("auth:a");
  counters.limited("auth:a");
  counters.rejectedCopy("auth:a");
  counters.redisError("write");
  counters.evicted(7);
  counters.integrityFailure();
  counters.undecodable("auth:a");
  counters.widened();
  counters.diskLost();
  const kind = "auth";
  const rows: readonly [string, Readonly<Record<string, string>>, number][] = [
    ["misses", { kind }, 1],
    ["sets", { kind }, 1],
    ["removals", { by: "key" }, 1],
    ["removals", { by: "barrier" }, 1],
    ["loads", { kind, outcome: "negative" }, 1],
    ["refreshes", { kind, reason: "stale" }, 1],
    ["answers", { kind, source: "upstream", age: "stale" }, 1],
    ["upstream_calls_saved", { kind }, 1],
    ["refreshes_limited", { kind }, 1],
    ["copies_rejected", { kind }, 1],
    ["redis_errors", { during: "write" }, 1],
    ["copies_evicted", {}, 7],
    ["integrity_failures", {}, 1],
    ["undecodable", {}, 1],
    ["barriers_widened", {}, 1],
    ["disks_lost", {}, 1],
  ];
  for (const [name, labels, value] of rows)
    assert.equal(valueOf(counters, name, labels), value, name);
  const counted = counters.samples().filter(({ value }) => value > 0);
  assert.equal(counted.length, rows.length);
});

void test("keys of 2,000 kinds make no more series than those declared, 32 others and the rest", () => {
  const counters = new Counters(["auth", "net"]);
  for (let index = 0; index < 2_000; index += 1) counters.hit("memory", `kind${index}:x`);
  counters.hit("memory", "auth:x");
  counters.set("never-seen");
  const seen = kinds(counters);
  seen.delete(undefined);
  assert.equal(seen.size, 2 + 1 + 32);
  assert.equal(valueOf(counters, "hits", { layer: "memory", kind: "other" }), 2_000 - 32);
  assert.equal(valueOf(counters, "hits", { layer: "memory", kind: "auth" }), 1);
  assert.equal(valueOf(counters, "sets", { kind: "other" }), 1);
});

void test("a key without structure does not become a label", () => {
  const counters = new Counters([]);
  counters.hit("memory", `${"x".repeat(65)}:y`);
  assert.deepEqual(kinds(counters), new Set(["other", undefined]));
});

void test("every sample is of a known metric", () => {
  const names = new Set<string>(metricNames);
  for (const { name, help } of new Counters(["a"]).samples())
    assert.ok(names.has(name) && help !== "");
});
