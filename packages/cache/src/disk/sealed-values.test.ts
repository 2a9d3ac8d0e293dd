import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCache } from "../create-cache.js";
import { sealedValues } from "./sealed-values.js";

const first = new Uint8Array(32).fill(1);
const second = new Uint8Array(32).fill(2);

void test("a value opens under its own key only, with either live fleet key", () => {
  const sealed = sealedValues(first).close("JALLOW", "auth:alice");
  assert.equal(sealedValues(second, first).open(sealed, "auth:alice"), "JALLOW");
  assert.equal(sealedValues(second).open(sealed, "auth:alice"), null);
  assert.equal(sealedValues(first).open(sealed, "auth:bob"), null);
  assert.equal(sealedValues(first).open("JBARE", "auth:bob"), "JBARE");
});

void test("a sealed cache leaves no value in its files, and reads them after a restart", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-sealed-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const open = (fleetKeys: readonly Uint8Array[]) =>
    createCache({ directory, seal: true, fleetKeys });
  const cache = open([first]);
  await cache.start();
  await cache.set("auth:alice", { verifier: "top-secret-verifier" }, 60);
  await cache.set("auth:bob", { verifier: "top-secret-verifier" }, 60, { copy: true });
  await cache.stop();
  for (const name of readdirSync(join(directory, "slot-0"))) {
    assert.equal(readFileSync(join(directory, "slot-0", name)).includes("top-secret"), false, name);
  }
  const again = open([second, first]);
  await again.start();
  assert.deepEqual(await again.get("auth:alice"), { verifier: "top-secret-verifier" });
  assert.deepEqual(await again.get("auth:bob"), { verifier: "top-secret-verifier" });
  await again.stop();
  const stranger = open([second]);
  await stranger.start();
  assert.equal(await stranger.get("auth:alice"), null);
  await stranger.stop();
});
