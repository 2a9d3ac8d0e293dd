import assert from "node:assert/strict";
import { test } from "node:test";
import type {
  PublishOperation,
  PublishRequest,
  TailReply,
  TailRequest,
} from "../log/shared-store.js";
import { RedisModel } from "./redis-model.js";
import { seededRandom } from "./seeded-random.js";

/** A server with a generation, a clock to turn, and requests that are right unless told otherwise. */
function foundedModel() {
  let timeMs = 1_000;
  const model = new RedisModel({ nowMs: () => timeMs });
  model.found({ expected: null, ordinal: 1, id: "g1" });
  return {
    model,
    pass: (ms: number) => {
      timeMs += ms;
    },
    tail: (memberId: string, request: Partial<TailRequest> = {}): TailReply =>
      model.tail({
        memberId,
        leaseMs: 6_000,
        generation: "g1",
        cursor: 0,
        said: false,
        limit: 100,
        ...request,
      }),
    publish: (
      memberId: string,
      operations: readonly PublishOperation[],
      request: Partial<PublishRequest> = {},
    ) =>
      model.publish({
        memberId,
        generation: "g1",
        cursor: 0,
        tokenAtCursor: null,
        ownOperation: 0,
        operations,
        ...request,
      }),
  };
}

function write(key: string, by: string, operation: number): PublishOperation {
  return { member: `k:${key}`, barrier: false, token: `${by}.${operation}`, row: "{}", operation };
}

function barrier(by: string, operation: number): PublishOperation {
  return { member: "g:*", barrier: true, token: `${by}.${operation}`, row: "{}", operation };
}

function published(seqBefore: number, ...seqs: number[]) {
  return { t: "published", seqBefore, seqs };
}

function catchUp(seqBefore: number, ...seqs: number[]) {
  return { t: "catch-up", seqBefore, seqs };
}

const anotherGeneration = { t: "another-generation" };

void test("the log holds the last row of each key, and a reader gets what is past its cursor", () => {
  const { publish, tail } = foundedModel();
  const operations = [write("a", "x", 1), write("b", "x", 2), write("a", "x", 3)];
  assert.deepEqual(publish("x", operations), published(0, 1, 2, 3));
  const all = tail("y");
  assert.deepEqual(
    all.entries.map(({ member, seq, token }) => [member, seq, token]),
    [
      ["k:b", 2, "x.2"],
      ["k:a", 3, "x.3"],
    ],
  );
  assert.deepEqual(tail("y", { limit: 1 }).entries.length, 1);
  const rest = tail("y", { cursor: 2 });
  assert.deepEqual([rest.tokenAtCursor, rest.entries.length, rest.seq], ["x.2", 1, 3]);
  assert.equal(tail("y", { cursor: 1 }).tokenAtCursor, null);
});

void test("nobody publishes over a row that it has not read", () => {
  const { publish } = foundedModel();
  publish("x", [write("a", "x", 1)]);
  const two = [write("b", "y", 1), write("a", "y", 2), write("c", "y", 3)];
  assert.deepEqual(publish("y", two), catchUp(1, 2));
  assert.deepEqual(publish("y", two, { cursor: 1, tokenAtCursor: "x.1" }), published(2, 0, 3, 4));
});

void test("nobody publishes a barrier over anything that it has not read, but for its own", () => {
  const { publish } = foundedModel();
  assert.deepEqual(publish("x", [write("a", "x", 1), barrier("x", 2)]), published(0, 1, 2));
  assert.deepEqual(publish("x", [barrier("x", 3)]), published(2, 3));
  assert.deepEqual(publish("y", [barrier("y", 1)]), catchUp(3));
  assert.deepEqual(
    publish("y", [barrier("y", 1)], { cursor: 3, tokenAtCursor: "x.3" }),
    published(3, 4),
  );
});

void test("an operation that is published again changes nothing", () => {
  const { publish, tail } = foundedModel();
  publish("x", [write("a", "x", 1), write("b", "x", 2)]);
  assert.deepEqual(publish("x", [write("b", "x", 2), write("c", "x", 3)]), published(2, 0, 3));
  assert.equal(tail("x").ownOperation, 3);
  const again = { ...write("d", "x", 0), token: "x.4" };
  assert.deepEqual(publish("x", [again, again]), published(3, 4, 5));
  assert.equal(tail("x").ownOperation, 3);
});

void test("a log that does not hold what the publisher knows is another generation's", () => {
  const { publish, model } = foundedModel();
  publish("x", [write("a", "x", 1)]);
  const next = [write("b", "x", 2)];
  assert.deepEqual(publish("x", next, { generation: "g0" }), anotherGeneration);
  assert.deepEqual(publish("x", next, { cursor: 2 }), anotherGeneration);
  assert.deepEqual(publish("x", next, { cursor: 1, tokenAtCursor: "y.1" }), anotherGeneration);
  assert.deepEqual(publish("x", next, { cursor: 1, tokenAtCursor: null }), anotherGeneration);
  assert.deepEqual(publish("x", next, { ownOperation: 2 }), anotherGeneration);
  assert.deepEqual(publish("x", next, { ownOperation: 1 }), published(1, 2));
  model.flush();
  assert.deepEqual(publish("x", next), anotherGeneration);
});

void test("a restart, a restore, a failover and a second master each have another identity", () => {
  const { model, publish, tail } = foundedModel();
  const saved = model.snapshot();
  publish("x", [write("a", "x", 1)]);
  const identities = [model.identity];
  const second = model.clone();
  identities.push(second.identity);
  model.promote();
  identities.push(model.identity);
  assert.equal(tail("x").generation?.id, "g1");
  assert.deepEqual(publish("x", [write("b", "x", 2)]), anotherGeneration);
  model.restore(saved);
  identities.push(model.identity);
  assert.deepEqual([tail("x").seq, tail("x").members], [0, []]);
  model.restartEmpty();
  identities.push(model.identity);
  assert.equal(tail("x").generation, null);
  assert.equal(new Set(identities).size, 5);
  assert.equal(second.snapshot().state.seq, 1);
});

void test("a server that withholds its identity founds and publishes under the empty one", () => {
  const model = new RedisModel({ nowMs: () => 0 });
  model.setIdentityHidden(true);
  model.found({ expected: null, ordinal: 1, id: "g1" });
  assert.equal(model.identity, null);
  assert.equal(model.snapshot().state.generation?.identity, "");
  model.setIdentityHidden(false);
  assert.notEqual(model.identity, null);
});

void test("only the generation that is expected is replaced, its log is emptied and its members stay", () => {
  const { model, publish, tail } = foundedModel();
  tail("x");
  publish("x", [write("a", "x", 1)]);
  assert.deepEqual(model.found({ expected: null, ordinal: 2, id: "g2" }), { founded: false });
  assert.deepEqual(model.found({ expected: "g1", ordinal: 2, id: "g2" }), { founded: true });
  const { seq, generation, entries, members, ownOperation } = tail("x", { generation: "g2" });
  assert.deepEqual([seq, generation?.ordinal, entries, ownOperation], [0, 2, [], 0]);
  assert.deepEqual(
    members.map(({ id, generation: of, operation }) => [id, of, operation]),
    [["x", "g2", 0]],
  );
});

void test("a heartbeat takes a lease, is written only in the current generation, and is dropped a day after it ran out", () => {
  const { model, pass, tail } = foundedModel();
  tail("x", { said: true });
  tail("y", { generation: null });
  assert.deepEqual(tail("z", { generation: "g0" }).members, [
    { id: "x", generation: "g1", cursor: 0, said: true, operation: 0, leaseLeftMs: 6_000 },
  ]);
  pass(6_000);
  assert.equal(tail("z", { generation: null }).members[0]?.leaseLeftMs, 0);
  pass(86_400_000);
  assert.deepEqual(
    tail("y").members.map(({ id }) => id),
    ["x", "y"],
  );
  pass(1);
  assert.deepEqual(
    tail("y").members.map(({ id }) => id),
    ["y"],
  );
  model.leave("y");
  assert.deepEqual(tail("z", { generation: null }).members, []);
});

void test("an entry is forgotten only where it still stands at the place given", () => {
  const { model, publish, tail } = foundedModel();
  publish("x", [write("a", "x", 1), write("b", "x", 2)]);
  const entries = [
    { member: "k:a", seq: 1 },
    { member: "k:b", seq: 1 },
  ];
  model.forget("g0", entries);
  assert.equal(tail("y").entries.length, 2);
  model.forget("g1", entries);
  assert.deepEqual(
    tail("y").entries.map(({ member }) => member),
    ["k:b"],
  );
});

void test("a copy belongs to a generation and ends with its time", () => {
  const { model, pass } = foundedModel();
  model.writeCopy("g1", "a", Uint8Array.of(1), 100);
  assert.equal(model.readCopy("g2", "a"), undefined);
  pass(99);
  assert.deepEqual(model.readCopy("g1", "a"), Uint8Array.of(1));
  pass(1);
  assert.equal(model.readCopy("g1", "a"), undefined);
});

void test("a seed gives the same numbers again, spread over the whole range", () => {
  const numbers = (seed: number) => Array.from({ length: 1_000 }, seededRandom(seed));
  assert.deepEqual(numbers(7), numbers(7));
  assert.notDeepEqual(numbers(7), numbers(8));
  const average = numbers(7).reduce((sum, number) => sum + number, 0) / 1_000;
  assert(average > 0.45 && average < 0.55, `${average}`);
});
