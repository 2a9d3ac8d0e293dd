import assert from "node:assert/strict";
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Durable, DurableRole } from "../durable.js";
import { openDurable } from "../open-durable.js";
import { kv, scratch, until } from "../scratch.test.kit.js";

const damages: Readonly<Record<string, (path: string) => void>> = {
  "a header of garbage": (path) => overwrite(path, 0, Buffer.alloc(4_096, "garbage ")),
  "no header but a text": (path) => writeFileSync(path, "not a database"),
  "half of it": (path) => truncateSync(path, Math.floor(statSync(path).size / 8_192) * 4_096),
  "a schema of garbage": (path) => overwrite(path, 100, Buffer.alloc(3_996, 0xa5)),
};

/** Damage that nobody meets before reading the rows, or everything. */
function damageRows(path: string): void {
  const pages = statSync(path).size / 4_096;
  for (let page = 10; page < pages; page += 1) {
    overwrite(path, page * 4_096, Buffer.alloc(2_048, 0xa5));
  }
}

function overwrite(path: string, position: number, bytes: Buffer): void {
  const file = openSync(path, "r+");
  writeSync(file, bytes, 0, bytes.byteLength, position);
  closeSync(file);
}

async function filled(context: TestContext, role: DurableRole): Promise<string> {
  const directory = scratch(context);
  const durable = await openDurable({ ...kv, directory, role });
  await durable.write([["fill", 2_000]]);
  await durable.close();
  return durable.path;
}

async function reopen(path: string, role: DurableRole): Promise<Durable> {
  return openDurable({ ...kv, directory: dirname(path), role });
}

for (const [what, damage] of Object.entries(damages)) {
  void test(`a copy with ${what} is moved aside, reported and replaced`, async (t) => {
    const path = await filled(t, "copy");
    damage(path);
    const damaged = readFileSync(path);
    await using durable = await reopen(path, "copy");
    assert(durable.opening.t === "replaced");
    assert.match(basename(durable.opening.damagedPath), /^store\.sqlite\.damaged-\d{8}T\d{6}Z$/);
    assert.deepEqual(readFileSync(durable.opening.damagedPath), damaged);
    await durable.write([["put", "a", "1"]]);
    assert.equal(durable.reader("SELECT count(*) AS n FROM kv").get()?.["n"], 1);
  });

  void test(`a record with ${what} does not open and stays where it is`, async (t) => {
    const path = await filled(t, "record");
    damage(path);
    const damaged = readFileSync(path);
    await assert.rejects(reopen(path, "record"), { code: "damaged", retryable: false });
    assert.deepEqual(readFileSync(path), damaged);
    assert.equal(
      readdirSync(dirname(path)).some((name) => name.includes(".damaged-")),
      false,
    );
  });
}

void test("a record with damaged rows does not open, though its first page is whole", async (t) => {
  const path = await filled(t, "record");
  damageRows(path);
  await assert.rejects(reopen(path, "record"), { code: "damaged" });
});

void test("a copy with damaged rows opens, is found out without being asked, and is replaced when it is opened again", async (t) => {
  const path = await filled(t, "copy");
  damageRows(path);
  {
    await using durable = await reopen(path, "copy");
    assert.deepEqual(durable.opening, { t: "opened" });
    const states: string[] = [];
    durable.onWriteState((state) =>
      states.push(state.t === "refusing" ? state.error.code : state.t),
    );
    await until(() => durable.writeState().t === "refusing");
    assert.deepEqual(states, ["damaged"]);
    await assert.rejects(durable.write([["put", "a", "1"]]), { code: "damaged" });
  }
  await using again = await reopen(path, "copy");
  assert.equal(again.opening.t, "replaced");
  assert.equal(existsSync(`${path}.suspect`), false);
});

void test("a read that meets damage says so, and writes are refused from then on", async (t) => {
  const path = await filled(t, "copy");
  damageRows(path);
  await using durable = await reopen(path, "copy");
  assert.throws(() => durable.reader("SELECT * FROM kv").all(), { code: "damaged" });
  assert.equal(durable.writeState().t, "refusing");
  await assert.rejects(durable.write([["put", "a", "1"]]), { code: "damaged" });
});

void test("a suspicion that proves wrong is dropped, and the file stays", async (t) => {
  const path = await filled(t, "copy");
  writeFileSync(`${path}.suspect`, "");
  await using durable = await reopen(path, "copy");
  assert.deepEqual(durable.opening, { t: "opened" });
  assert.equal(existsSync(`${path}.suspect`), false);
});

void test("the log of a damaged copy goes aside with it", async (t) => {
  const path = await filled(t, "copy");
  writeFileSync(`${path}-wal`, "a log of something");
  writeFileSync(path, "not a database");
  await using durable = await reopen(path, "copy");
  assert(durable.opening.t === "replaced");
  assert.equal(readFileSync(`${durable.opening.damagedPath}-wal`, "utf8"), "a log of something");
});

void test("of many damaged copies the last three are kept", async (t) => {
  const path = await filled(t, "copy");
  for (let day = 1; day <= 5; day += 1) {
    writeFileSync(path, "not a database");
    const now = (): number => Date.UTC(2026, 10, day);
    await (await openDurable({ ...kv, directory: dirname(path), now })).close();
  }
  await (await reopen(path, "copy")).close();
  const left = readdirSync(dirname(path)).filter((name) => /\.damaged-.*Z$/.test(name));
  assert.deepEqual(
    left.sort(),
    [3, 4, 5].map((day) => `store.sqlite.damaged-2026110${day}T000000Z`),
  );
  assert.equal(existsSync(join(dirname(path), "store.sqlite")), true);
});
