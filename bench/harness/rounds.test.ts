import assert from "node:assert/strict";
import { test } from "node:test";
import { interleaved } from "./rounds.js";

void test("contenders take turns, each round begins with another one, and the first round does not count", async () => {
  const order: string[] = [];
  const figures = await interleaved(3, {
    a: async (round) => {
      order.push(`a${round}`);
      return round === 0 ? 1_000 : round;
    },
    b: async (round) => {
      order.push(`b${round}`);
      return round === 0 ? 1_000 : 10 * round;
    },
  });
  assert.deepEqual(order, ["a0", "b0", "b1", "a1", "a2", "b2", "b3", "a3"]);
  assert.deepEqual(figures, { a: 2, b: 20 });
});
