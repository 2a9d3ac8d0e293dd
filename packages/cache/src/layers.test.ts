import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCache } from "./create-cache.js";

void test("a copy never stands over a live write, neither in memory nor on the disk", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-layers-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const cache = createCache({ directory });
  await cache.start();
  await cache.set("k", "written", 60);
  await cache.set("k", "copied", 60, { copy: true });
  assert.equal(await cache.get("k"), "written");
  assert.equal((await cache.peek("k"))?.kind, "write");
  await cache.stop();
  const again = createCache({ directory });
  await again.start();
  assert.equal(await again.get("k"), "written");
  await again.delete("k");
  await again.set("k", "copied", 60, { copy: true });
  assert.equal(await again.get("k"), "copied");
  await again.stop();
});

void test("delMatching counts what the disk holds and what it does not hold yet, each once", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-layers-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const cache = createCache({ directory });
  await cache.start();
  for (let n = 0; n < 300; n += 1) await cache.set(`a:${n}`, n, 60, { copy: n % 3 === 0 });
  await cache.set("a:0", 0, 60, { copy: true });
  await cache.set("b:0", 0, 60);
  assert.equal(await cache.delMatching("a:*"), 300);
  assert.equal(await cache.delMatching("a:*"), 0);
  assert.equal(await cache.get("b:0"), 0);
  await cache.stop();
});

void test("peek changes nothing: what it finds on the disk is still answered from there", async (t) => {
  const directory = mkdtempSync(join(tmpdir(), "holdfast-layers-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const cache = createCache({ directory });
  await cache.start();
  await cache.set("k", 1, 60);
  await cache.stop();
  const again = createCache({ directory });
  await again.start();
  for (let n = 0; n < 2; n += 1) assert.equal((await again.peek("k"))?.layer, "sqlite");
  const loader = () => Promise.reject(new Error("not asked"));
  assert.equal((await again.fetch("k", loader)).source, "sqlite");
  assert.equal((await again.peek("k"))?.layer, "memory");
  await again.stop();
});
