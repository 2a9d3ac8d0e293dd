import assert from "node:assert/strict";
import { test } from "node:test";
import { ttlMs } from "./ttl.js";

const day = 86_400_000;

void test("a TTL is whole milliseconds, at least one", () => {
  const rows: readonly [number, number][] = [
    [1, 1000],
    [1.5, 1500],
    [0.0015, 2],
    [0.0001, 1],
    [Number.MIN_VALUE, 1],
    [86_400, day],
  ];
  for (const [seconds, ms] of rows) assert.equal(ttlMs(seconds, day), ms);
});

void test("a TTL that is none, or beyond the horizon, is refused with its value", () => {
  const number = "it should be a finite number of seconds above 0";
  const rows: readonly [unknown, string][] = [
    [0, `Cannot use ttlSeconds 0: ${number}`],
    [-0, `Cannot use ttlSeconds -0: ${number}`],
    [-1, `Cannot use ttlSeconds -1: ${number}`],
    [Number.NaN, `Cannot use ttlSeconds NaN: ${number}`],
    [Number.POSITIVE_INFINITY, `Cannot use ttlSeconds Infinity: ${number}`],
    ["60", `Cannot use ttlSeconds "60": ${number}`],
    [undefined, `Cannot use ttlSeconds undefined: ${number}`],
    [60n, `Cannot use ttlSeconds 60n: ${number}`],
    [
      86_400.001,
      "Cannot use ttlSeconds 86400.001: the namespace keeps nothing longer than 86400 seconds",
    ],
    [1e300, "Cannot use ttlSeconds 1e+300: the namespace keeps nothing longer than 86400 seconds"],
  ];
  for (const [seconds, message] of rows) {
    assert.throws(() => ttlMs(seconds, day), {
      code: "invalid-ttl",
      argument: "ttlSeconds",
      message,
    });
  }
});
