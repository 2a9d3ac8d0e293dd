import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "node:test";
import { openRawDatabase } from "@holdfast/sqlite/testing";
import { eventually, smallDiskMissing } from "@holdfast/testkit";
import { type FaultFile, faultTest } from "./fault-test.js";
import { acquainted, allAnswer, settled, whenAnswers, whenStatus } from "./states.js";

const file: FaultFile = { title: "The disk refuses", url: import.meta.url };

const all = { acknowledge: "all" } as const;
const hour = 3_600;
const mib = 1_048_576;

void suite(file.title, { concurrency: 2 }, () => {
  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault: "A's disk is full to the last byte, and later has room again",
      holds: "a full disk is said in every receipt, stops no removal, and is left behind by itself",
      missing: smallDiskMissing(),
    },
    async (lab) => {
      const redis = await lab.redis();
      const disk = await lab.disk(8 * mib);
      const [a, b] = await Promise.all([
        lab.instance(redis, { directory: join(disk.path, "cache") }),
        lab.instance(redis),
      ]);
      await acquainted(a, b);
      await a.set("auth:alice", "ALLOW", hour, all);
      assert.equal(await b.get("auth:alice"), "ALLOW");
      await disk.fill();
      const refused = await eventually(
        async () => {
          const receipt = await a.set("auth:bob", "x".repeat(50_000), hour);
          return receipt.shortfall?.code === "not-durable" && receipt;
        },
        { withinMs: 20_000 },
      );
      assert.equal(refused.acknowledged, "memory");
      await b.set("auth:dora", "ALLOW", hour, { acknowledge: "shared" });
      await whenAnswers(a, "auth:dora", "ALLOW");
      const removal = await a.delete("auth:alice", { acknowledge: "shared" });
      assert.equal(removal.shortfall?.code, "not-durable", JSON.stringify(removal));
      assert.equal(await a.get("auth:alice"), null);
      await whenAnswers(b, "auth:alice", null);
      const { disk: down } = await whenStatus(a, (status) => status.disk.state === "down");
      assert.match(down.reason ?? "", /no space is left/);
      await disk.free();
      await whenStatus(a, (status) => status.disk.state === "up");
      const receipt = await a.set("auth:carol", "ALLOW", hour);
      assert.equal(receipt.acknowledged, "durable", JSON.stringify(receipt));
      await a.restart();
      await settled(a, b);
      await allAnswer([a, b], "auth:alice", null);
      await allAnswer([a, b], "auth:carol", "ALLOW");
      return "every receipt and the status of A say that no space is left; A refuses all the same, and so does B; with room again sets are durable without a restart";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault: "A's disk becomes full; A is killed -9 with a removal that only Redis has",
      holds:
        "what the disk refused and Redis took is in force after a kill -9 of the one who wrote it",
      missing: smallDiskMissing(),
    },
    async (lab) => {
      const redis = await lab.redis();
      const disk = await lab.disk(8 * mib);
      const [a, b] = await Promise.all([
        lab.instance(redis, { directory: join(disk.path, "cache") }),
        lab.instance(redis),
      ]);
      await acquainted(a, b);
      await a.set("auth:alice", "ALLOW", hour, all);
      await a.set("gate:alice", "ALLOW", hour, all);
      await disk.fill();
      await eventually(
        async () => (await a.set("auth:bob", "x".repeat(50_000), hour)).shortfall !== undefined,
        { withinMs: 20_000 },
      );
      await a.delete("auth:alice", { acknowledge: "shared" });
      await a.delete("gate:alice", { acknowledge: "shared" });
      await whenAnswers(b, "auth:alice", null);
      await a.kill();
      await a.restart();
      assert.equal(await a.get("gate:alice"), null);
      await whenAnswers(a, "auth:alice", null);
      await disk.free();
      await whenStatus(a, (status) => status.disk.state === "up");
      await settled(a, b);
      await allAnswer([a, b], "auth:alice", null);
      const receipt = await a.delete("auth:bob", all);
      assert.equal(receipt.acknowledged, "all", JSON.stringify(receipt));
      await allAnswer([a, b], "auth:bob", null);
      return "the next run, on the full disk still, learns the removal from the log and refuses";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1"],
      fault: "A is killed -9 and starts again on a file system that is read-only by now",
      holds: "on a read-only file system answers go on and removals are in force and published",
      missing: smallDiskMissing(),
    },
    async (lab) => {
      const redis = await lab.redis();
      const disk = await lab.disk(8 * mib);
      const [a, b] = await Promise.all([
        lab.instance(redis, { directory: join(disk.path, "cache") }),
        lab.instance(redis),
      ]);
      await acquainted(a, b);
      await a.set("auth:alice", "ALLOW", hour, all);
      await a.set("auth:bob", "ALLOW", hour, all);
      await a.kill();
      disk.setReadOnly(true);
      await a.restart();
      assert.equal(await a.get("auth:alice"), "ALLOW");
      const removal = await a.delete("auth:alice");
      assert.equal(removal.shortfall?.code, "not-durable", JSON.stringify(removal));
      assert.equal(await a.get("auth:alice"), null);
      await whenAnswers(b, "auth:alice", null);
      assert.equal((await a.status()).disk.state, "down");
      disk.setReadOnly(false);
      await whenStatus(a, (status) => status.disk.state === "up");
      await settled(a, b);
      await allAnswer([a, b], "auth:alice", null);
      await allAnswer([a, b], "auth:bob", "ALLOW");
      return "A answers what it holds, refuses what it removed, and so does B; the disk is used again by itself";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R5"],
      fault: "the file was written by a newer release",
      holds: "a file of a newer schema ends the start and stays as it is, byte for byte",
    },
    async (lab) => {
      const a = await lab.instance(null);
      await a.set("auth:alice", "ALLOW", hour);
      await a.stop();
      await a.kill();
      const path = join(a.options.directory, "slot-0", "cache.sqlite");
      const version = versionOf(path);
      setVersion(path, version + 1);
      const before = digests(path);
      await assert.rejects(a.restart(), { name: "CacheError", code: "newer-schema" });
      assert.deepEqual(digests(path), before);
      setVersion(path, version);
      await a.restart();
      await allAnswer([a], "auth:alice", "ALLOW");
      return "the start fails with newer-schema, file and log are as before, and the older schema opens again";
    },
  );
});

/** As the file's header says, which a stop in good order has brought up to date. */
function versionOf(path: string): number {
  return readFileSync(path).readUInt32BE(60);
}

// Without a prepared statement: one that is not collected yet would keep the file open, and write to it at its end.
function setVersion(path: string, version: number): void {
  using db = openRawDatabase(path);
  db.exec(`PRAGMA user_version = ${version}`);
}

/** What the file and its log hold. An empty log is none. */
function digests(path: string): string[] {
  return [path, `${path}-wal`].map((name) => {
    const bytes = existsSync(name) ? readFileSync(name) : "";
    return createHash("sha256").update(bytes).digest("hex");
  });
}
