import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { openDurable } from "../open-durable.js";
import { kv, linesOf, nextLine, runPart, scratch } from "../scratch.test.kit.js";

const writer = new URL("./kill.test.part.ts", import.meta.url);

void test("every acknowledged unit is there, and whole, after kill -9", async (t) => {
  const where = scratch(t);
  for (const wanted of [1, 50, 700]) {
    const child = runPart(t, writer, [where]);
    const lines = linesOf(child);
    const acknowledged: string[] = [];
    while (acknowledged.length < wanted) acknowledged.push(await nextLine(lines));
    child.kill("SIGKILL");
    await once(child, "exit");
    for await (const line of lines) acknowledged.push(line);
    await using durable = await openDurable({ ...kv, directory: where, role: "record" });
    const has = durable.reader("SELECT 1 FROM kv WHERE k = ?");
    for (const unit of acknowledged) {
      assert.notEqual(has.get(`a:${unit}`), undefined, unit);
      assert.notEqual(has.get(`b:${unit}`), undefined, unit);
    }
    const halves = durable.reader("SELECT count(*) AS n FROM kv WHERE k GLOB ?");
    assert.equal(halves.get("a:*")?.["n"], halves.get("b:*")?.["n"]);
  }
});
