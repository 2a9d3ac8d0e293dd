import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryDurable } from "@holdfast/sqlite/testing";
import { Disk } from "../disk/disk.js";
import { migrations, statements } from "../disk/schema.js";
import type { SharedCopy } from "../log/copy-wire.js";
import { acceptsCopy } from "./acceptance.js";
import { Knowledge } from "./knowledge.js";

const key = "auth:alice";
const now = "g2";
const before = "g1";

/** An instance that knows nothing yet, and whether it would take a copy from the log's generation. */
class Stand {
  readonly disk = new Disk(openMemoryDurable({ migrations, statements }));
  readonly knowledge: Knowledge = new Knowledge({
    disk: this.disk,
    memberId: "a",
    holders: { forget: () => undefined, sweep: () => undefined },
    times: { nowMs: () => 1_000, offsetMs: () => 0, horizonMs: () => 1_000_000 },
    firstVersion: 0,
    alone: false,
  });

  /** The log's entry of the key at that place, without a set where it was removed there. */
  row(generation: string, seq: number, removed = true): void {
    const at = { ordinal: 1, generation, seq };
    const set = { value: "J1", expiresAtMs: 9_000, at, knew: {}, stamp: 1, operation: "b:1" };
    this.knowledge.applyRow(
      key,
      {
        removed: removed ? { [generation]: [seq, "b:1"] } : {},
        set: removed ? null : { ...set, tags: [] },
        keepUntilMs: 1_000_000,
      },
      { generation, seq },
    );
  }

  barrier(member: string, generation: string, seq: number): void {
    this.knowledge.applyBarrier(
      member,
      { removed: { [generation]: [seq, `b:${seq}`] }, keepUntilMs: 1_000_000 },
      { generation, seq },
    );
  }

  takes(asOf: number, tags: readonly string[] = []): boolean {
    const copy: SharedCopy = {
      asOf,
      storedAtMs: 0,
      freshUntilMs: 5_000,
      goneAtMs: 9_000,
      tags,
      value: "J1",
    };
    return acceptsCopy(this.knowledge, this.disk, now, key, copy);
  }
}

void test("a copy of a key that nobody ever removed is taken, however old its load is", () => {
  assert.equal(new Stand().takes(0), true);
});

for (const removed of [true, false]) {
  void test(`a copy is taken from the place of the key's last ${removed ? "removal" : "set"} on`, () => {
    const stand = new Stand();
    stand.row(now, 7, removed);
    assert.equal(stand.takes(6), false);
    assert.equal(stand.takes(7), true);
  });
}

void test("a row that this generation's log does not hold refuses every copy until it does", () => {
  const stand = new Stand();
  stand.row(before, 3);
  assert.equal(stand.takes(900), false);
  stand.row(now, 4);
  // Merged with what is known of the generation before, it is not what the log holds.
  assert.equal(stand.takes(900), false);
  const known = stand.disk.row(key)?.row;
  assert.ok(known);
  stand.knowledge.placedKey(key, known, { generation: now, seq: 5 });
  assert.equal(stand.takes(4), false);
  assert.equal(stand.takes(5), true);
});

for (const member of ["g:auth:*", "n:auth", "t:gold"]) {
  void test(`a copy is taken from the place of the barrier ${member} on`, () => {
    const stand = new Stand();
    stand.barrier(member, now, 7);
    assert.equal(stand.takes(6, ["gold"]), false);
    assert.equal(stand.takes(7, ["gold"]), true);
  });

  void test(`the barrier ${member} of another generation refuses every copy`, () => {
    const stand = new Stand();
    stand.barrier(member, before, 1);
    assert.equal(stand.takes(900, ["gold"]), false);
  });

  void test(`the own barrier ${member} refuses every copy until it is published`, () => {
    const stand = new Stand();
    const { item } = stand.knowledge.putBarrier(1, member);
    assert.equal(stand.takes(900, ["gold"]), false);
    stand.knowledge.publishedBarrier(item, { ordinal: 2, generation: now, seq: 8 });
    assert.equal(stand.takes(7, ["gold"]), false);
    assert.equal(stand.takes(8, ["gold"]), true);
  });
}

void test("a barrier that is made again refuses what its earlier place would take, until it is published again", () => {
  const stand = new Stand();
  stand.barrier("g:auth:*", now, 3);
  const { item } = stand.knowledge.putBarrier(1, "g:auth:*");
  assert.equal(stand.takes(5), false);
  stand.knowledge.publishedBarrier(item, { ordinal: 2, generation: now, seq: 6 });
  assert.equal(stand.takes(5), false);
  assert.equal(stand.takes(6), true);
});

for (const member of ["g:net:*", "n:net", "t:silver", "g:auth:alice?"]) {
  void test(`the barrier ${member}, which does not match, refuses nothing`, () => {
    const stand = new Stand();
    stand.barrier(member, now, 7);
    stand.knowledge.putBarrier(1, member);
    assert.equal(stand.takes(0, ["gold"]), true);
  });
}

void test("of several barriers each is asked", () => {
  const stand = new Stand();
  stand.barrier("g:auth:*", now, 3);
  stand.barrier("t:gold", now, 9);
  assert.equal(stand.takes(8, ["gold"]), false);
  assert.equal(stand.takes(8), true);
  assert.equal(stand.takes(2), false);
});

void test("beside an own operation of the key that is not published no copy is taken", () => {
  const stand = new Stand();
  const item = stand.knowledge.putRemoval(1, key);
  assert.equal(stand.takes(900), false);
  stand.knowledge.pending.settle(item, {
    t: "published",
    member: `k:${key}`,
    place: { generation: now, seq: 1 },
  });
  assert.equal(stand.takes(900), true);
});
