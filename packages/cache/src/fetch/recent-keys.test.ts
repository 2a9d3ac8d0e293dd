import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentKeys } from "./recent-keys.js";

void test("beyond the bound the key put longest ago leaves", () => {
  const keys = new RecentKeys<number>(2);
  keys.put("a", 1);
  keys.put("b", 2);
  keys.put("a", 3);
  keys.put("c", 4);
  assert.deepEqual([keys.get("a"), keys.get("b"), keys.get("c"), keys.size], [3, undefined, 4, 2]);
  keys.drop("a");
  assert.deepEqual([keys.get("a"), keys.size], [undefined, 1]);
  keys.clear();
  assert.equal(keys.size, 0);
});
