import assert from "node:assert/strict";
import { test } from "node:test";
import type { SharedStore } from "../log/shared-store.js";
import { SharedStoreError } from "../log/shared-store-error.js";
import { ModelLink } from "./model-link.js";
import { RedisModel } from "./redis-model.js";

const nowMs = () => 1_000;
const founding = { expected: null, ordinal: 1, id: "g1" };

function tailAs(store: SharedStore, memberId: string) {
  return store.tail({
    memberId,
    leaseMs: 6_000,
    generation: "g1",
    cursor: 0,
    said: false,
    limit: 10,
  });
}

function publishOne(store: SharedStore, memberId: string) {
  const operation = {
    member: "k:a",
    barrier: false,
    token: `${memberId}.1`,
    row: "1",
    operation: 1,
  };
  return store.publish({
    memberId,
    generation: "g1",
    cursor: 0,
    tokenAtCursor: null,
    ownOperation: 0,
    operations: [operation],
  });
}

function fails(code: string) {
  return (error: unknown) => error instanceof SharedStoreError && error.code === code;
}

void test("a call takes effect when it is delivered and resolves when it is answered", async () => {
  const model = new RedisModel({ nowMs });
  const link = new ModelLink(model);
  const founded = link.found(founding);
  const [call] = link.pending;
  assert.equal(call?.name, "found");
  assert.equal(model.snapshot().state.generation, null);
  call?.deliver();
  assert.equal(model.snapshot().state.generation?.id, "g1");
  assert.equal(link.pending.length, 1);
  call?.reply();
  assert.deepEqual(await founded, { founded: true });
  assert.equal(link.pending.length, 0);
});

void test("a dropped request has no effect and a dropped reply has one, and both fail for the caller", async () => {
  const model = new RedisModel({ nowMs });
  const link = new ModelLink(model);
  const lost = link.found(founding);
  link.pending[0]?.dropRequest();
  await assert.rejects(lost, fails("timeout"));
  assert.equal(model.snapshot().state.generation, null);

  const unanswered = link.found(founding);
  link.pending[0]?.dropReply();
  await assert.rejects(unanswered, fails("timeout"));
  assert.equal(model.snapshot().state.generation?.id, "g1");
});

void test("a request that was delivered cannot be dropped any more", async () => {
  const link = new ModelLink(new RedisModel({ nowMs }));
  const founded = link.found(founding);
  const [call] = link.pending;
  call?.deliver();
  call?.dropRequest();
  assert.equal(call?.state, "delivered");
  call?.reply();
  assert.deepEqual(await founded, { founded: true });
});

void test("a cut fails what is pending and what is called until it is healed", async () => {
  const link = new ModelLink(new RedisModel({ nowMs }));
  let wakes = 0;
  link.onWake(() => {
    wakes += 1;
  });
  const pending = link.found(founding);
  link.cut();
  assert.equal(link.usable, false);
  await assert.rejects(pending, fails("unreachable"));
  await assert.rejects(tailAs(link, "a"), fails("unreachable"));
  assert.equal(wakes, 0);
  link.heal();
  assert.equal(link.usable, true);
  assert.equal(wakes, 1);
});

void test("a publication wakes the linked others and not its writer", async () => {
  const model = new RedisModel({ nowMs });
  const links = ["a", "b", "c"].map((id) => ({
    id,
    link: new ModelLink(model, { delivery: "prompt" }),
  }));
  const woken: string[] = [];
  for (const { id, link } of links) {
    await tailAs(link, id);
    link.onWake(() => woken.push(id));
  }
  const [a, , c] = links;
  assert(a && c);
  await a.link.found(founding);
  assert.deepEqual(woken.splice(0), ["b", "c"]);
  c.link.cut();
  assert.equal((await publishOne(a.link, "a")).t, "published");
  assert.deepEqual(woken, ["b"]);
});

void test("a link that is switched talks to the other server", async () => {
  const first = new RedisModel({ nowMs });
  const link = new ModelLink(first, { delivery: "prompt" });
  await link.found(founding);
  const second = first.clone();
  link.switchTo(second);
  const reply = await tailAs(link, "a");
  assert.equal(reply.generation?.id, "g1");
  assert.notEqual(reply.identity, reply.generation?.identity);
  assert.equal(first.snapshot().state.members.size, 0);
});

void test("a server that takes no writes refuses them and still answers reads", async () => {
  const model = new RedisModel({ nowMs });
  const link = new ModelLink(model, { delivery: "prompt" });
  await link.found(founding);
  await link.writeCopy("g1", "a", Uint8Array.of(1), 1_000);
  model.refusesWrites = true;
  await assert.rejects(publishOne(link, "a"), fails("refused"));
  await assert.rejects(link.writeCopy("g1", "a", Uint8Array.of(2), 1_000), fails("refused"));
  assert.deepEqual(await link.readCopy("g1", "a"), Uint8Array.of(1));
});
