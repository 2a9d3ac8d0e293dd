import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Durable, SqliteError } from "@holdfast/sqlite";
import { type MemoryDurable, openMemoryDurable } from "@holdfast/sqlite/testing";
import { Disk } from "./disk.js";
import { type CopyRecord, nowhere, type RowRecord } from "./records.js";
import { migrations, statements } from "./schema.js";

function copy(value: string): CopyRecord {
  return { value, storedAtMs: 1, freshUntilMs: 2, goneAtMs: 3, version: 4, tags: [] };
}

const row: RowRecord = {
  row: { removed: { g: [1, "m:1"] }, set: null, keepUntilMs: 9 },
  storedAtMs: 1,
  goneAtMs: 0,
  place: nowhere,
  keepUntilMs: 9,
};

/** A file whose reads fail, and whose commits wait, while it is told to. */
class Failing {
  readonly file: MemoryDurable = openMemoryDurable({ migrations, statements });
  fails = false;
  held: (() => void)[] | null = null;

  get durable(): Durable {
    const { file } = this;
    return new Proxy<Durable>(file, {
      get: (_, name) => {
        if (name === "reader") return (sql: string) => this.#reader(file.reader(sql));
        if (name === "arrayReader") return (sql: string) => this.#reader(file.arrayReader(sql));
        if (name === "write") return (unit: Parameters<Durable["write"]>[0]) => this.#write(unit);
        const value: unknown = Reflect.get(file, name, file);
        return typeof value === "function" ? value.bind(file) : value;
      },
    });
  }

  #reader<R extends object>(reader: R): R {
    return new Proxy(reader, {
      get: (_, name) => {
        if (this.fails) throw new SqliteError("io", "Cannot read: the disk failed");
        const value: unknown = Reflect.get(reader, name, reader);
        return typeof value === "function" ? value.bind(reader) : value;
      },
    });
  }

  async #write(unit: Parameters<Durable["write"]>[0]): Promise<void> {
    const { held } = this;
    if (held !== null) await new Promise<void>((resolve) => held.push(resolve));
    await this.file.write(unit);
  }
}

/** A disk whose file holds a copy and a row of `old`, and has told nobody of them yet. */
async function lostDisk(): Promise<{ disk: Disk; failing: Failing; told: unknown[] }> {
  const failing = new Failing();
  const before = new Disk(failing.durable);
  before.putCopy("old", copy("old"));
  before.putRow("old", row);
  await before.commit();
  const disk = new Disk(failing.durable);
  const told: unknown[] = [];
  disk.whenLost((cause) => told.push(cause));
  return { disk, failing, told };
}

const reads: Readonly<Record<string, (disk: Disk) => unknown>> = {
  copy: (disk) => disk.copy("old"),
  row: (disk) => disk.row("old"),
  heldSet: (disk) => disk.heldSet("old"),
  rowsAfter: (disk) => disk.rowsAfter("", 10)[0] ?? null,
  copiesAfter: (disk) => disk.copiesAfter("", "~", 10)[0] ?? null,
};

void suite("a file that cannot be read", () => {
  for (const [name, read] of Object.entries(reads)) {
    void test(`holds nothing for ${name}, from then on, and that is told once`, async () => {
      const { disk, failing, told } = await lostDisk();
      failing.fails = true;
      assert.equal(read(disk), null);
      failing.fails = false;
      for (const other of Object.values(reads)) assert.equal(other(disk), null);
      assert.equal(told.length, 1);
      assert.equal(disk.lostBecause, "Cannot read: the disk failed");
    });
  }

  void test("holds again what was put since, and nothing else, once it took that", async () => {
    const { disk, failing } = await lostDisk();
    failing.fails = true;
    assert.equal(disk.copy("old"), null);
    failing.fails = false;
    disk.putCopy("new", copy("new"));
    await disk.commit();
    assert.equal(disk.lostBecause, null);
    const found = new Disk(failing.durable);
    assert.equal(found.copy("new")?.value, "new");
    for (const read of Object.values(reads).slice(0, 3)) assert.equal(read(found), null);
  });

  void test("has not taken what was on its way as it was given up", async () => {
    const { disk, failing } = await lostDisk();
    failing.held = [];
    disk.putRow("new", row);
    const commit = disk.commit();
    failing.fails = true;
    assert.equal(disk.copy("old"), null);
    failing.fails = false;
    for (const go of failing.held) go();
    failing.held = null;
    await assert.rejects(commit, { code: "io" });
    assert.deepEqual(disk.row("new"), row);
    await disk.commit();
    assert.deepEqual(new Disk(failing.durable).row("new")?.row.removed, row.row.removed);
  });

  void test("is left for another one that counts as empty and is given what waits", async () => {
    const { disk } = await lostDisk();
    const next = openMemoryDurable({ migrations, statements });
    const other = new Disk(next);
    other.putCopy("other", copy("other"));
    await other.commit();
    disk.putRow("new", row);
    disk.moveTo(next);
    assert.equal(disk.copy("other"), null);
    await disk.commit();
    assert.equal(new Disk(next).copy("other"), null);
    assert.deepEqual(disk.row("new"), row);
  });
});

void test("a copy that was removed while the file is full stays removed, however many come after it", async () => {
  const file = openMemoryDurable({ migrations, statements });
  const disk = new Disk(file);
  for (const key of ["removed", "replaced"]) disk.putCopy(key, copy("old"));
  await disk.commit();
  file.setFailure("full");
  disk.putCopy("removed", null);
  await assert.rejects(disk.commit(), { code: "full" });
  for (let number = 0; number < 25_000; number += 1) disk.putCopy(`new:${number}`, copy("new"));
  disk.putCopy("replaced", copy("new"));
  assert.equal(disk.copy("removed"), null);
  assert.equal(disk.copy("replaced"), null);
  file.setFailure(null);
  await disk.flush();
  const found = new Disk(file);
  assert.equal(found.copy("removed"), null);
  assert.equal(found.copy("replaced"), null);
  assert.equal(found.copy("new:0")?.value, "new");
});
