import assert from "node:assert/strict";
import { test } from "node:test";
import { describeDuration, parseDuration } from "./duration.js";

void test("durations are read with their unit", () => {
  const read = ["250ms", "15s", "1.5m", "24h", "7d"].map((text) => parseDuration("ttl", text));
  assert.deepEqual(read, [250, 15_000, 90_000, 86_400_000, 604_800_000]);
});

for (const text of ["", "15", "s", "-1s", "1 s", "1w", "1e3s", "15S"]) {
  void test(`${JSON.stringify(text)} is no duration, and the message names setting and value`, () => {
    assert.throws(
      () => parseDuration("--ttl", text),
      (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^Cannot read the setting --ttl: /);
        assert.ok(error.message.includes(JSON.stringify(text)));
        return true;
      },
    );
  });
}

void test("durations are told in two units at most", () => {
  const told = [0, 432, 9_999, 61_000, 150_000, 3 * 3_600_000, 50 * 3_600_000].map(
    describeDuration,
  );
  assert.deepEqual(told, [
    "0.0 s",
    "0.4 s",
    "10.0 s",
    "61 s",
    "2 min 30 s",
    "3 h 0 min",
    "2 d 2 h",
  ]);
});
