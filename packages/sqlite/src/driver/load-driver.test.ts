import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { loadDriver } from "./load-driver.js";

void test("a driver is loaded without a warning, and other warnings still come through", async () => {
  const url = new URL("./load-driver.ts", import.meta.url).href;
  const script = `const { loadDriver } = await import(${JSON.stringify(url)});
    new (loadDriver().DatabaseSync)(":memory:").close();
    process.emitWarning("a warning of somebody else");`;
  const node = [...process.execArgv, "--input-type=module", "--eval", script];
  const { stderr } = await promisify(execFile)(process.execPath, node);
  assert.match(stderr, /a warning of somebody else/);
  assert.doesNotMatch(stderr, /SQLite/i);
});

void test("the driver has what this room uses of it", () => {
  const db = new (loadDriver().DatabaseSync)(":memory:");
  db.exec("CREATE TABLE t (a)");
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  insert.run(1n);
  insert.run(Uint8Array.of(7));
  const rows = db.prepare("SELECT a FROM t").all();
  assert.deepEqual(
    rows.map((row) => row["a"]),
    [1, Uint8Array.of(7)],
  );
  assert.equal(db.prepare("SELECT a FROM t WHERE a = 2").get(), undefined);
  db.close();
});
