import assert from "node:assert/strict";
import { test } from "node:test";
import { afterTimes, timeAt, timesText } from "./short-text.js";

void test("times come back from one text to the millisecond, with what stands behind them", () => {
  const joined = `${timesText(0, 1_795_283_336_120.4, -5, 9_999_999_999_999)}and more`;
  assert.deepEqual(
    [0, 1, 2, 3].map((place) => timeAt(joined, place)),
    [0, 1_795_283_336_120, -5, 9_999_999_999_999],
  );
  assert.equal(afterTimes(joined, 4), "and more");
});

void test("what is no time is long over", () => {
  assert.equal(timeAt("garbage, and so on", 0), 0);
  assert.equal(timeAt("", 2), 0);
});
