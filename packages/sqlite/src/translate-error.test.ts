import assert from "node:assert/strict";
import { test } from "node:test";
import { SqliteError } from "./sqlite-error.js";
import { stateError, translateError } from "./translate-error.js";

function failure(properties: object): Error {
  return Object.assign(new Error("what the driver said"), properties);
}

void test("result codes mean the same with and without their refinement", () => {
  const meanings = [
    [5, "busy"],
    [5 | (2 << 8), "busy"],
    [8 | (3 << 8), "read-only"],
    [10 | (4 << 8), "io"],
    [11, "damaged"],
    [13, "full"],
    [19 | (8 << 8), "constraint"],
    [26, "damaged"],
    [99, "internal"],
  ] as const;
  for (const [errcode, code] of meanings) {
    assert.equal(translateError("x", failure({ errcode })).code, code, String(errcode));
  }
});

void test("errors of the operating system are told by what they mean for a file", () => {
  assert.equal(translateError("x", failure({ code: "ENOSPC" })).code, "full");
  assert.equal(translateError("x", failure({ code: "EROFS" })).code, "read-only");
  assert.equal(translateError("x", failure({ code: "EWHATEVER" })).code, "internal");
  assert.equal(translateError("x", "thrown text").code, "internal");
});

void test("a failure that has only a text is known by it", () => {
  const malformed = Object.assign(new Error("database disk image is malformed"), {
    code: "ERR_SQLITE_ERROR",
  });
  assert.equal(translateError("x", malformed).code, "damaged");
});

void test("the text says what was tried and what was in the way, and the cause is kept", () => {
  const cause = failure({ errcode: 13 });
  const error = translateError('write to "/a"', cause);
  assert.equal(error.message, 'Cannot write to "/a": no space is left (what the driver said)');
  assert.equal(error.cause, cause);
  assert.equal(error.retryable, true);
  assert.equal(translateError("y", error), error);
  assert.equal(stateError("read it", "closed").message, "Cannot read it: it is closed");
  assert(error instanceof SqliteError);
});
