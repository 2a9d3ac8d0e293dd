import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import type { Command, SqliteValue } from "../durable.js";
import { openDurable } from "../open-durable.js";
import { kv, runPart, scratch, until } from "../scratch.test.kit.js";

/** In a file of its own: a test file that ran itself again would run its tests again, too. */
const leaver = new URL("./leave.test.part.ts", import.meta.url);

const count = "SELECT count(*) AS n FROM kv";

for (const thread of ["worker", "calling"] as const) {
  void test(`units are committed in the order of their writes (${thread})`, async (t) => {
    await using durable = await openDurable({ ...kv, directory: scratch(t), thread });
    const done: number[] = [];
    const writes = Array.from({ length: 300 }, async (_, n) => {
      await durable.write([["put", "key", String(n)]]);
      done.push(n);
    });
    await Promise.all(writes);
    assert.deepEqual(
      done,
      [...done].sort((a, b) => a - b),
    );
    assert.equal(durable.reader("SELECT v FROM kv").get()?.["v"], "299");
  });

  void test(`a unit that breaks a constraint fails alone and whole (${thread})`, async (t) => {
    await using durable = await openDurable({ ...kv, directory: scratch(t), thread });
    await durable.write([["add", "taken", "0"]]);
    const units: Command[][] = [
      [["put", "a", "1"]],
      [
        ["put", "b", "1"],
        ["add", "taken", "1"],
      ],
      [["add", "taken", "2"]],
      [
        ["put", "c", "1"],
        ["put", "d", "1"],
      ],
    ];
    const results = await Promise.allSettled(units.map((unit) => durable.write(unit)));
    assert.deepEqual(
      results.map((result) => (result.status === "rejected" ? result.reason.code : "written")),
      ["written", "constraint", "constraint", "written"],
    );
    const rows = durable.reader("SELECT k, v FROM kv ORDER BY k").all();
    assert.deepEqual(
      rows.map((row) => `${String(row["k"])}=${String(row["v"])}`),
      ["a=1", "c=1", "d=1", "taken=0"],
    );
    assert.deepEqual(durable.writeState(), { t: "writable" });
  });

  void test(`values come back as they were written (${thread})`, async (t) => {
    const statements = { put: "INSERT OR REPLACE INTO any (k, v) VALUES (1, ?)" };
    const migrations = [
      { name: "any", sql: "CREATE TABLE any (k INTEGER PRIMARY KEY, v ANY) STRICT" },
    ];
    const options = {
      role: "copy" as const,
      directory: scratch(t),
      migrations,
      statements,
      thread,
    };
    await using durable = await openDurable(options);
    // A view into a larger buffer must arrive as the view, and only that.
    const view = Buffer.from("--bytes--").subarray(2, 7);
    const values: SqliteValue[] = [null, 1.5, -7, "текст", "", new Uint8Array(), view, 2 ** 52];
    for (const value of values) {
      await durable.write([["put", value]]);
      const read = durable.reader("SELECT v FROM any").get()?.["v"];
      assert.deepEqual(read, value instanceof Uint8Array ? new Uint8Array(value) : value);
    }
    await durable.write([["put", 12n]]);
    assert.equal(durable.reader("SELECT v FROM any").get()?.["v"], 12);
  });

  void test(`a value that SQLite cannot hold fails its own unit before it travels (${thread})`, async (t) => {
    await using durable = await openDurable({ ...kv, directory: scratch(t), thread });
    const unit: Command[] = [["put", "a", 2n ** 63n]];
    const [wrong, right] = await Promise.allSettled([
      durable.write(unit),
      durable.write([["put", "b", "1"]]),
    ]);
    assert.equal(right.status, "fulfilled");
    assert(wrong.status === "rejected");
    assert.equal(wrong.reason.code, "invalid");
    assert.match(wrong.reason.message, /value 2 of "put" is of type "bigint"/);
  });

  void test(`closing commits what is queued, then everything says closed (${thread})`, async (t) => {
    const options = { ...kv, directory: scratch(t), thread };
    const durable = await openDurable(options);
    const reader = durable.reader(count);
    const writes = Array.from({ length: 200 }, (_, n) => durable.write([["put", String(n), "x"]]));
    await Promise.all([durable.close(), durable.close()]);
    await Promise.all(writes);
    await assert.rejects(durable.write([["put", "late", "x"]]), { code: "closed" });
    await assert.rejects(durable.backup(join(options.directory, "b")), { code: "closed" });
    assert.throws(() => reader.get(), { code: "closed" });
    await using again = await openDurable(options);
    assert.equal(again.reader(count).get()?.["n"], 200);
  });

  void test(`a backup taken under writes is a whole file of its own, readable by its owner only (${thread})`, async (t) => {
    const where = scratch(t);
    await using durable = await openDurable({ ...kv, directory: where, thread });
    await durable.write([["fill", 5_000]]);
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n += 1) {
        await durable.write([
          ["put", `a${n}`, "1"],
          ["put", `b${n}`, "1"],
        ]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const path = join(where, "backup.sqlite");
    await durable.backup(path);
    await durable.backup(path);
    writing = false;
    await writer;
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual(
      readdirSync(where).filter((name) => name.includes(".part")),
      [],
    );
    await using copy = await openDurable({
      ...kv,
      directory: where,
      name: "backup",
      role: "record",
    });
    const halves = copy.reader("SELECT count(*) AS n FROM kv WHERE k GLOB ?");
    assert.equal(halves.get("a*")?.["n"], halves.get("b*")?.["n"]);
    assert.equal(halves.get("fill:*")?.["n"], 5_000);
  });

  void test(`space that was freed goes back to the file system (${thread})`, async (t) => {
    await using durable = await openDurable({ ...kv, directory: scratch(t), thread });
    await durable.write([["fill", 20_000]]);
    await durable.write([["clear"]]);
    const pages = (): unknown => durable.reader("PRAGMA page_count").get()?.["page_count"];
    const before = Number(pages());
    await durable.vacuum(100);
    assert.equal(before - Number(pages()), 100);
  });
}

void test("a deferred constraint fails the unit that breaks it, and no other of its group", async (t) => {
  const migrations = [
    {
      name: "parents and children",
      sql: `CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)`,
    },
  ];
  const statements = {
    parent: "INSERT INTO parent VALUES (?)",
    child: "INSERT INTO child VALUES (?)",
  };
  const options = { role: "copy" as const, directory: scratch(t), migrations, statements };
  await using durable = await openDurable(options);
  const units: Command[][] = [
    [["parent", 1]],
    [["child", 2]],
    [
      ["child", 3],
      ["parent", 3],
    ],
  ];
  const results = await Promise.allSettled(units.map((unit) => durable.write(unit)));
  assert.deepEqual(
    results.map((result) => (result.status === "rejected" ? result.reason.code : "written")),
    ["written", "constraint", "written"],
  );
  assert.deepEqual(durable.writeState(), { t: "writable" });
  assert.equal(durable.reader("SELECT count(*) AS n FROM child").get()?.["n"], 1);
});

void test("what waits for its commit has a bound, and is committed all the same", async (t) => {
  await using durable = await openDurable({ ...kv, directory: scratch(t) });
  const writes = Array.from({ length: 100_001 }, (_, n) =>
    durable.write([["put", String(n % 10), "x"]]),
  );
  const last = writes.pop();
  await assert.rejects(async () => last, { code: "busy", message: /100000 units wait already/ });
  await Promise.all(writes);
  await durable.write([["put", "a", "1"]]);
});

void test("an idle writer gives free space back by itself and empties its log", async (t) => {
  await using durable = await openDurable({ ...kv, directory: scratch(t) });
  await durable.write([["fill", 20_000]]);
  await durable.write([["clear"]]);
  await until(() => statSync(durable.path).size < 2 * 1024 * 1024, 20_000);
  await until(() => statSync(`${durable.path}-wal`).size === 0, 20_000);
});

void test("a deleted secret is nowhere in the files after the file is closed", async (t) => {
  const where = scratch(t);
  const durable = await openDurable({ ...kv, directory: where });
  await durable.write([["put", "a", "s3cret-token-of-alice"]]);
  await durable.write([["fill", 100]]);
  await durable.write([["remove", "a"]]);
  await durable.close();
  for (const name of readdirSync(where)) {
    assert.equal(readFileSync(join(where, name)).includes("s3cret-token"), false, name);
  }
});

void test("a process with an open file ends by itself, after the last unit that it wrote", {
  timeout: 30_000,
}, async (t) => {
  for (const units of [0, 100]) {
    const where = scratch(t);
    const other = runPart(t, leaver, [where, String(units)]);
    assert.deepEqual(await once(other, "exit"), [0, null]);
    await using durable = await openDurable({ ...kv, directory: where });
    assert.equal(durable.reader(count).get()?.["n"], units);
  }
});

void test("a program that was given on the command line writes too", async (t) => {
  const url = new URL("../index.ts", import.meta.url).href;
  const script = `const { openDurable } = await import(${JSON.stringify(url)});
    const durable = await openDurable(${JSON.stringify({ ...kv, directory: scratch(t) })});
    await durable.write([["put", "a", "1"]]);
    await durable.close();
    process.stdout.write("written");`;
  const node = [...process.execArgv, "--input-type=module", "--eval", script];
  const { stdout } = await promisify(execFile)(process.execPath, node);
  assert.equal(stdout, "written");
});
