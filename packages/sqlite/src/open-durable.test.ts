import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openDurable } from "./open-durable.js";
import { kv, kvMigrations, scratch } from "./scratch.test.kit.js";

const noteColumn = { name: "note", sql: "ALTER TABLE kv ADD COLUMN note TEXT" };
const day = 24 * 60 * 60 * 1_000;

function mode(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}

function digests(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory)
      .filter((name) => !name.endsWith("-shm"))
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(directory, name)))
          .digest("hex"),
      ]),
  );
}

void test("a new file is created with its schema and only its owner can read it and its log", async (t) => {
  const directory = join(scratch(t), "below", "it");
  await using durable = await openDurable({ ...kv, directory });
  await durable.write([["put", "a", "1"]]);
  assert.deepEqual(durable.opening, { t: "created" });
  assert.equal(durable.path, join(directory, "store.sqlite"));
  assert.equal(mode(directory), "700");
  for (const name of ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"]) {
    assert.equal(mode(join(directory, name)), "600", name);
  }
});

void test("a file that others could read is closed to them when it is opened", async (t) => {
  const directory = scratch(t);
  const first = await openDurable({ ...kv, directory });
  await first.close();
  chmodSync(join(directory, "store.sqlite"), 0o644);
  await using durable = await openDurable({ ...kv, directory });
  assert.equal(mode(durable.path), "600");
});

void test("what was written is there after closing and opening again, on either thread", async (t) => {
  for (const thread of ["worker", "calling"] as const) {
    const directory = scratch(t);
    const first = await openDurable({ ...kv, directory, thread });
    await first.write([["put", "a", "1"]]);
    await first.close();
    await using second = await openDurable({ ...kv, directory, thread });
    assert.deepEqual(second.opening, { t: "opened" });
    assert.equal(second.reader("SELECT v FROM kv WHERE k = ?").get("a")?.["v"], "1");
  }
});

void test("an older file is brought to the new schema, and kept for seven days as it was", async (t) => {
  const directory = scratch(t);
  const old = await openDurable({ ...kv, directory });
  await old.write([["put", "a", "1"]]);
  await old.close();
  let nowMs = Date.UTC(2026, 10, 21, 14, 30, 0);
  const migrations = [...kvMigrations, noteColumn];
  const newer = { ...kv, directory, migrations, writtenBy: "0.9", now: () => nowMs };
  const before = join(directory, "store.sqlite.before-2-20261121T143000Z");
  {
    await using durable = await openDurable(newer);
    const row = durable.reader("SELECT v, note FROM kv").get();
    assert.deepEqual({ ...row }, { v: "1", note: null });
    assert.equal(mode(before), "600");
  }
  nowMs += 7 * day;
  await (await openDurable(newer)).close();
  assert.equal(existsSync(before), true);
  nowMs += 1_000;
  await (await openDurable(newer)).close();
  assert.equal(existsSync(before), false);
});

void test("the kept file of an older schema opens in the older release", async (t) => {
  const directory = scratch(t);
  const old = await openDurable({ ...kv, directory });
  await old.write([["put", "a", "1"]]);
  await old.close();
  await (
    await openDurable({ ...kv, directory, migrations: [...kvMigrations, noteColumn] })
  ).close();
  const kept = readdirSync(directory).find((name) => name.includes(".before-")) ?? "";
  const again = join(directory, "again");
  mkdirSync(again);
  writeFileSync(join(again, "store.sqlite"), readFileSync(join(directory, kept)));
  await using durable = await openDurable({ ...kv, directory: again });
  assert.equal(durable.reader("SELECT v FROM kv").get()?.["v"], "1");
});

void test("a file of a newer schema is refused by name and not touched, also after a crash of its writer", async (t) => {
  const directory = scratch(t);
  const newer = await openDurable({
    ...kv,
    directory,
    migrations: [...kvMigrations, noteColumn],
    writtenBy: "0.9",
  });
  await newer.write([["put", "a", "1"]]);
  // While its writer lives, its log holds commits that are not in the file yet: what a crash leaves.
  const copied = join(directory, "copied");
  mkdirSync(copied);
  for (const name of ["store.sqlite", "store.sqlite-wal"]) {
    writeFileSync(join(copied, name), readFileSync(join(directory, name)));
  }
  await newer.close();
  assert.notEqual(statSync(join(copied, "store.sqlite-wal")).size, 0);
  const untouched = digests(copied);
  for (const role of ["copy", "record"] as const) {
    await assert.rejects(openDurable({ ...kv, directory: copied, role }), {
      code: "newer-schema",
      message: `Cannot open "${join(copied, "store.sqlite")}": written by 0.9, this is 0.8: upgrade or restore`,
    });
  }
  assert.deepEqual(digests(copied), untouched);
});

void test("a migration that fails leaves the file as it was", async (t) => {
  const directory = scratch(t);
  await (await openDurable({ ...kv, directory })).close();
  const broken = [noteColumn, { name: "broken", sql: "ALTER TABLE missing ADD COLUMN x" }];
  await assert.rejects(
    openDurable({ ...kv, directory, migrations: [...kvMigrations, ...broken] }),
    {
      code: "invalid",
    },
  );
  await using durable = await openDurable({ ...kv, directory });
  assert.throws(() => durable.reader("SELECT note FROM kv"), { code: "invalid" });
});

void test("a creation that died before its schema is finished by the next opening", async (t) => {
  const directory = scratch(t);
  writeFileSync(join(directory, "store.sqlite"), "");
  await (await openDurable({ ...kv, directory, migrations: [], statements: {} })).close();
  await using durable = await openDurable({ ...kv, directory });
  await durable.write([["put", "a", "1"]]);
});

void test("a statement with a mistake in it is refused when the file is opened", async (t) => {
  const statements = { ...kv.statements, bad: "INSERT INTO missing VALUES (1)" };
  await assert.rejects(openDurable({ ...kv, statements, directory: scratch(t) }), {
    code: "invalid",
    message: /missing/,
  });
});

void test("options out of bounds are refused with the value that was received", async (t) => {
  const directory = scratch(t);
  const wrong = [
    [{ directory: "" }, /directory is ""/],
    [{ name: "../x" }, /name is "\.\.\/x"/],
    [{ lockWaitMs: -1 }, /lockWaitMs is "-1"/],
    [{ maxWalBytes: 1_000 }, /maxWalBytes is "1000"/],
  ] as const;
  for (const [option, message] of wrong) {
    await assert.rejects(openDurable({ ...kv, directory, ...option }), {
      code: "invalid",
      message,
    });
  }
});
