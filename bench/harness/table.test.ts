import assert from "node:assert/strict";
import { test } from "node:test";
import { absolute, atLeast, atMost, multiple, passes, timesFaster, unbounded } from "./finding.js";
import { tableLine } from "./table.js";

const ours = { value: 10, unit: "µs" } as const;
const peer = { name: "peer", value: 8, unit: "µs" } as const;

void test("a bound is kept at its limit and missed beyond it, from either side", () => {
  assert.equal(passes(absolute("x", ours, atMost(10))), true);
  assert.equal(passes(absolute("x", ours, atMost(9.99))), false);
  assert.equal(passes(absolute("x", ours, atLeast(10))), true);
  assert.equal(passes(absolute("x", ours, atLeast(10.01))), false);
  assert.equal(passes(absolute("x", ours, unbounded)), null);
});

void test("a figure that is not a number passes no bound", () => {
  const nothing = { value: Number.NaN, unit: "µs" } as const;
  assert.equal(passes(absolute("x", nothing, atMost(1))), false);
  assert.equal(passes(absolute("x", nothing, atLeast(1))), false);
});

void test("a multiple is ours by the peer's, faster is the peer's by ours", () => {
  assert.equal(multiple("x", ours, peer, atMost(2)).measured.value, 1.25);
  assert.equal(timesFaster("x", ours, peer, atLeast(2)).measured.value, 0.8);
});

void test("a line says what was measured, beside what, and whether that is enough", () => {
  assert.equal(
    tableLine("bench", multiple("p50", ours, peer, atMost(1.2))),
    "| bench | p50 | 10.0 µs | peer: 8.00 µs | 1.25× | ≤ 1.2× | **FAIL** |",
  );
  assert.equal(
    tableLine("bench", absolute("rate", { value: 12_345.6, unit: "/s" }, atLeast(10_000))),
    "| bench | rate | 12,346/s |  | 12,346/s | ≥ 10,000/s | PASS |",
  );
  assert.equal(
    tableLine("bench", absolute("all", { value: 100, unit: "%" }, unbounded)),
    "| bench | all | 100% |  | 100% |  |  |",
  );
  assert.equal(
    tableLine("bench", absolute("nearly all", { value: 99.96, unit: "%" }, atLeast(100))),
    "| bench | nearly all | 99.96% |  | 99.96% | ≥ 100% | **FAIL** |",
  );
});
