import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuthQuestion } from "./question.js";
import { createVerifiers, hasVerifier } from "./verifier.js";

const question: AuthQuestion = { kind: "auth", realm: "r", user: "u", secret: "s" };
const verifiers = createVerifiers(Buffer.alloc(32, 1));

void test("a verifier depends on realm, user, secret and key, and on nothing else", () => {
  const verifier = verifiers.of(question);
  assert.equal(verifiers.of({ ...question }), verifier);
  const others = [
    verifiers.of({ ...question, realm: "r2" }),
    verifiers.of({ ...question, user: "u2" }),
    verifiers.of({ ...question, secret: "s2" }),
    verifiers.of({ ...question, user: "us", secret: "" }),
    createVerifiers(Buffer.alloc(32, 2)).of(question),
  ];
  assert.equal(new Set([verifier, ...others]).size, 6);
  for (const other of others) assert.equal(hasVerifier([other], verifier), false);
});

void test("a verifier is found among several, whatever the others look like", () => {
  const verifier = verifiers.of(question);
  assert.equal(hasVerifier(["", "x", verifier], verifier), true);
  assert.equal(hasVerifier(["", "x", `${verifier}x`], verifier), false);
  assert.equal(hasVerifier([], verifier), false);
});
