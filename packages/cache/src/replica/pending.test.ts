import assert from "node:assert/strict";
import { test } from "node:test";
import { openMemoryDurable } from "@holdfast/sqlite/testing";
import { Disk } from "../disk/disk.js";
import { migrations, statements } from "../disk/schema.js";
import {
  type Outcome,
  Pending,
  type PendingBarrier,
  type PendingKey,
  type PendingSet,
  parsePending,
} from "./pending.js";

const published: Outcome = {
  t: "published",
  member: "k:x",
  place: { generation: "g1", seq: 1 },
};
const overtaken: Outcome = { t: "overtaken" };

function setOf(number: number): PendingSet {
  const operation = `a:${number}`;
  return { value: "J1", stamp: number, operation, tags: [], storedAtMs: 0, goneAtMs: 9_000 };
}

function set(number: number, key: string): PendingKey {
  return { t: "key", number, key, removal: null, set: setOf(number), madeAtMs: 100 * number };
}

function removal(number: number, key: string): PendingKey {
  const made = { removal: `a:${number}`, set: null, madeAtMs: 100 * number };
  return { t: "key", number, key, ...made };
}

function barrier(number: number, member: string): PendingBarrier {
  return { t: "barrier", number, member, removal: `a:${number}`, madeAtMs: 100 * number };
}

/** Own operations over a disk, and how those that are waited for ended. */
class Stand {
  readonly disk = new Disk(openMemoryDurable({ migrations, statements }));
  readonly pending: Pending;
  readonly heard: [number, Outcome][] = [];

  constructor(kept = true) {
    this.pending = new Pending(this.disk, kept);
  }

  /** Puts operations and ends their transaction. */
  put(...items: readonly (PendingKey | PendingBarrier)[]): void {
    for (const item of items) {
      this.pending.put(item);
      this.pending.committed(item.number);
    }
  }

  wait(item: PendingKey | PendingBarrier): void {
    this.pending.whenSettled(item, (outcome) => this.heard.push([item.number, outcome]));
  }

  /** Numbers of what may be published now. */
  publishable(limit = 100): readonly number[] {
    return this.pending.publishable(limit).map((item) => item.number);
  }

  /** What the next run finds. */
  async restored(): Promise<Pending> {
    await this.disk.commit();
    const pending = new Pending(this.disk, true);
    for (const body of this.disk.allPending().bodies.values()) {
      const item = parsePending(body);
      if (item !== null) pending.restore(item);
    }
    return pending;
  }
}

void test("operations are published in the order they were made, at most as many as asked for", () => {
  const stand = new Stand();
  stand.put(removal(1, "x"), set(2, "y"), removal(3, "z"));
  assert.deepEqual(stand.publishable(), [1, 2, 3]);
  assert.deepEqual(stand.publishable(2), [1, 2]);
  assert.equal(stand.pending.size, 3);
  assert.equal(stand.pending.oldestMs, 100);
  assert.deepEqual(stand.pending.upTo(2), [removal(1, "x"), set(2, "y")]);
});

void test("nothing overtakes an operation whose transaction is running", () => {
  const stand = new Stand();
  stand.put(removal(1, "x"));
  stand.pending.put(removal(2, "y"));
  stand.put(removal(3, "z"));
  assert.deepEqual(stand.publishable(), [1]);
  stand.pending.committed(2);
  assert.deepEqual(stand.publishable(), [1, 2, 3]);
});

void test("a set made after a barrier waits for the barrier's place, and what comes after it waits too", () => {
  const stand = new Stand();
  stand.put(set(1, "w"), barrier(2, "g:*"), removal(3, "x"), set(4, "y"), removal(5, "z"));
  assert.deepEqual(stand.publishable(), [1, 2, 3]);
  stand.pending.settle(barrier(2, "g:*"), published);
  assert.deepEqual(stand.publishable(), [1, 3, 4, 5]);
});

void test("a newer operation of the key takes the place of the older one, and goes to the end", async () => {
  const stand = new Stand();
  stand.put(set(1, "x"), removal(2, "y"), set(3, "x"));
  assert.deepEqual(stand.publishable(), [2, 3]);
  assert.deepEqual(stand.pending.key("x"), set(3, "x"));
  assert.deepEqual([...(await stand.restored()).keys], [removal(2, "y"), set(3, "x")]);
});

void test("who waited for an operation waits for the one that replaced it", () => {
  const stand = new Stand();
  stand.put(set(1, "x"), barrier(2, "t:gold"));
  stand.wait(set(1, "x"));
  stand.wait(barrier(2, "t:gold"));
  stand.put(set(3, "x"), barrier(4, "t:gold"));
  stand.wait(set(3, "x"));
  stand.pending.settle(set(1, "x"), published);
  assert.deepEqual(stand.heard, [], "what was replaced is nobody's end");
  assert.deepEqual(stand.pending.key("x"), set(3, "x"));
  stand.pending.settle(set(3, "x"), published);
  stand.pending.settle(barrier(4, "t:gold"), overtaken);
  assert.deepEqual(stand.heard, [
    [1, published],
    [3, published],
    [2, overtaken],
  ]);
  assert.equal(stand.pending.size, 0);
});

void test("what is left after a part was published keeps its place and its waiters", () => {
  const stand = new Stand();
  const both: PendingKey = { ...set(1, "x"), removal: "a:1" };
  stand.put(both, removal(2, "y"));
  stand.wait(both);
  stand.pending.reduce({ ...both, removal: null });
  assert.deepEqual(stand.heard, []);
  assert.deepEqual(stand.publishable(), [1, 2]);
  assert.equal(stand.pending.key("x")?.removal, null);
  stand.pending.settle(both, published);
  assert.deepEqual(stand.heard, [[1, published]]);
});

void test("who waits for an operation of which a trace is left learns at once that it was overtaken", async () => {
  const stand = new Stand();
  stand.put(set(1, "x"));
  stand.wait(set(1, "x"));
  const trace: PendingKey = { ...set(1, "x"), set: { ...setOf(1), value: "", goneAtMs: 0 } };
  stand.pending.overtake(trace);
  assert.deepEqual(stand.heard, [[1, overtaken]]);
  assert.deepEqual(stand.publishable(), [1]);
  assert.deepEqual([...(await stand.restored()).keys], [trace]);
  stand.pending.settle(trace, published);
  assert.equal(stand.heard.length, 1, "the end is told once");
});

void test("who waits for a set that is dropped beside a removal hears it, who waits for the removal does not", () => {
  const stand = new Stand();
  const first: PendingKey = removal(1, "x");
  stand.put(first);
  stand.wait(first);
  const both: PendingKey = { ...set(2, "x"), removal: "a:1" };
  stand.put(both);
  stand.wait(both);
  stand.pending.overtake({ ...both, set: null });
  assert.deepEqual(stand.heard, [[2, overtaken]]);
  stand.pending.settle(both, published);
  assert.deepEqual(stand.heard, [
    [2, overtaken],
    [1, published],
  ]);
});

void test("what has ended is not on the disk any more, and ends once", async () => {
  const stand = new Stand();
  stand.put(set(1, "x"), barrier(2, "n:auth"), removal(3, "y"));
  stand.wait(set(1, "x"));
  stand.pending.settle(set(1, "x"), published);
  stand.pending.settle(set(1, "x"), overtaken);
  stand.pending.settle(barrier(2, "n:auth"), published);
  assert.deepEqual(stand.heard, [[1, published]]);
  assert.equal(stand.pending.key("x"), undefined);
  assert.equal(stand.pending.barrier("n:auth"), undefined);
  assert.equal(stand.pending.hasBarriers, false);
  assert.equal((await stand.restored()).size, 1);
});

void test("the next run publishes in the same order and waits for no transaction", async () => {
  const stand = new Stand();
  stand.pending.put(removal(12, "x"));
  stand.put(barrier(3, "g:*"), set(13, "y"));
  const again = await stand.restored();
  assert.deepEqual(
    again.publishable(9).map((item) => item.number),
    [3, 12],
  );
  assert.deepEqual(again.barrier("g:*"), barrier(3, "g:*"));
  assert.equal(again.hasBarriers, true);
  assert.deepEqual(again.key("y"), set(13, "y"));
  assert.equal(again.oldestMs, 300);
});

void test("what is settled before it could be written is never written", async () => {
  const stand = new Stand(false);
  stand.put(set(1, "x"));
  assert.deepEqual(stand.publishable(), [1]);
  assert.equal((await stand.restored()).size, 0);
});

void test("text that is no operation is none", () => {
  assert.equal(parsePending(JSON.stringify({ t: "other" })), null);
  assert.deepEqual(parsePending(JSON.stringify(removal(1, "x"))), removal(1, "x"));
});
