import assert from "node:assert/strict";
import { test } from "node:test";
import { requireNode } from "./node-version.mjs";

for (const version of ["20.19.0", "20.20.2", "24.1.0", "26.0.0"]) {
  test(`Node ${version} is accepted`, () => requireNode(version));
}

for (const version of ["18.20.4", "20.18.3"]) {
  test(`Node ${version} is refused with what is needed`, () => {
    assert.throws(() => requireNode(version), /Node "\d+\.\d+\.\d+", it needs 20\.19 or later/);
  });
}
