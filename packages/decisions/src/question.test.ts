import assert from "node:assert/strict";
import { test } from "node:test";
import { DecisionsError } from "./decisions-error.js";
import { checkQuestion, type Question } from "./question.js";

const alice: Question = { kind: "auth", realm: "default", user: "alice", secret: "right" };

for (const [what, change] of [
  ["the longest user", { user: "é".repeat(128) }],
  ["colons and spaces in the user", { user: "a: b:c" }],
  ["the longest secret", { secret: "s".repeat(1024) }],
] as const) {
  void test(`a question with ${what} can be asked`, () => {
    checkQuestion({ ...alice, ...change });
  });
}

for (const [what, change] of [
  ["an empty user", { user: "" }],
  ["a user of 257 bytes", { user: `${"é".repeat(128)}x` }],
  ["a control character", { user: "a\nb" }],
  ["NUL in the user", { user: "a\0b" }],
  ["half a character", { user: "a\ud800" }],
  ["a realm with a colon", { realm: "a:b" }],
  ["an empty realm", { realm: "" }],
  ["an empty secret", { secret: "" }],
  ["a secret of 1,025 bytes", { secret: "s".repeat(1025) }],
] as const) {
  void test(`a question with ${what} cannot be asked, and the secret is not told`, () => {
    assert.throws(
      () => checkQuestion({ ...alice, ...change }),
      (error) =>
        error instanceof DecisionsError &&
        error.code === "invalid-question" &&
        error.message.startsWith("Cannot decide: ") &&
        !/sss|right/.test(error.message),
    );
  });
}
