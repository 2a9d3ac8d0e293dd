import assert from "node:assert/strict";
import { test } from "node:test";
import { isComplete } from "./install.mjs";

const locked = {
  "": { name: "house" },
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/b-win32": { version: "1.0.0", optional: true },
  "node_modules/left-over": { version: "1.0.0", extraneous: true },
};
const installed = { "node_modules/a": { version: "1.0.0", integrity: "sha512-a" } };

test("an installation without the optional packages of other systems is complete", () => {
  assert.equal(isComplete(locked, installed), true);
});

test("an installation that lacks a package is not complete", () => {
  assert.equal(isComplete(locked, {}), false);
});

test("an installation of another version is not complete", () => {
  assert.equal(isComplete(locked, { "node_modules/a": { version: "0.9.0" } }), false);
});

test("an optional package in another version than the locked one is not complete", () => {
  const stale = { ...installed, "node_modules/b-win32": { version: "0.9.0" } };
  assert.equal(isComplete(locked, stale), false);
});
