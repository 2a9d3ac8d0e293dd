import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { eventually, redisMissing, startRedis, startReplicatedPair } from "@holdfast/testkit";
import type { PublishRequest, SharedStore, TailRequest } from "../log/shared-store.js";
import { SharedStoreError } from "../log/shared-store-error.js";
import { connectRedis } from "./redis-store.js";

const tailRequest: TailRequest = {
  memberId: "m",
  leaseMs: 6_000,
  generation: "g1",
  cursor: 0,
  said: false,
  limit: 100,
};

function publication(row: string): PublishRequest {
  return {
    memberId: "m",
    generation: "g1",
    cursor: 0,
    tokenAtCursor: null,
    ownOperation: 0,
    operations: [{ member: "k:a", barrier: false, token: "m.1", row, operation: 1 }],
  };
}

async function founded(store: SharedStore): Promise<SharedStore> {
  await eventually(() => store.usable);
  await store.found({ expected: null, ordinal: 1, id: "g1" });
  await eventually(() => store.writeCopy("g1", "a", Uint8Array.of(1), 60_000));
  return store;
}

async function failure(call: Promise<unknown>): Promise<SharedStoreError> {
  const [outcome] = await Promise.allSettled([call]);
  assert.equal(outcome?.status, "rejected", "the call was answered");
  assert(outcome.reason instanceof SharedStoreError, String(outcome.reason));
  return outcome.reason;
}

async function isRefused(call: Promise<unknown>, words: RegExp): Promise<void> {
  const { code, message } = await failure(call);
  assert.deepEqual({ code, message }, { code: "refused", message });
  assert.match(message, words);
}

void suite("a store that Redis refuses", { skip: redisMissing, concurrency: 2 }, () => {
  void test("is full: writes are refused, copies are read, and the link stays usable", async () => {
    await using server = await startRedis();
    await using store = await founded(connectRedis({ url: server.url }));
    await server.command("CONFIG", "SET", "maxmemory", "1");
    await isRefused(store.publish(publication("1")), /: OOM command not allowed/);
    await isRefused(store.tail(tailRequest), /: OOM/);
    await isRefused(store.writeCopy("g1", "b", Uint8Array.of(1), 1_000), /: OOM/);
    assert.deepEqual([...((await store.readCopy("g1", "a")) ?? [])], [1]);
    assert.equal(store.usable, true);
    await server.command("CONFIG", "SET", "maxmemory", "0");
    const reply = await store.tail(tailRequest);
    assert.deepEqual({ seq: reply.seq, entries: reply.entries }, { seq: 0, entries: [] });
  });

  void test("is still loading: calls are refused until it has", async () => {
    await using server = await startRedis({
      config: {
        rdbcompression: "no",
        "key-load-delay": "20000",
        "loading-process-events-interval-bytes": "1024",
      },
    });
    for (let key = 0; key < 60; key += 1) await server.command("SET", `key${key}`, "x".repeat(500));
    await using store = await founded(connectRedis({ url: server.url }));
    const restarted = server.restart({ keepData: true });
    await eventually(() => isRefused(store.tail(tailRequest), /: LOADING /), { everyMs: 1 });
    assert.equal(store.usable, false);
    await restarted;
    await eventually(() => store.usable, { withinMs: 1_000 });
    assert.equal((await store.tail(tailRequest)).generation?.id, "g1");
  });

  void test("wants another password: the error says so, and says no password", async () => {
    await using server = await startRedis();
    await server.command("CONFIG", "SET", "requirepass", "right-secret");
    await using store = connectRedis({ url: `redis://:wrong-secret@127.0.0.1:${server.port}` });
    await eventually(async () =>
      assert.match((await failure(store.tail(tailRequest))).message, /WRONGPASS/),
    );
    for (const call of [store.tail(tailRequest), store.readCopy("g1", "a")]) {
      await isRefused(call, /^Cannot read .* of Redis "127\.0\.0\.1:\d+": WRONGPASS /);
    }
    const error = await failure(store.tail(tailRequest));
    assert.doesNotMatch(
      JSON.stringify(error) + String(error.stack) + String(error.cause),
      /secret/,
    );
    await using right = connectRedis({ url: server.url, password: "right-secret" });
    await founded(right);
  });

  void test("wants a password where none is given", async () => {
    await using server = await startRedis();
    await server.command("CONFIG", "SET", "requirepass", "right-secret");
    await using store = connectRedis({ url: server.url });
    await eventually(() => isRefused(store.tail(tailRequest), /: NOAUTH /));
    await server.command("CONFIG", "SET", "requirepass", "");
    await eventually(() => store.usable, { withinMs: 3_000 });
  });

  void test("became a replica: writes are refused and the link is made anew, not many times a second", async () => {
    await using pair = await startReplicatedPair();
    await using store = connectRedis({ url: pair.replica.url });
    await eventually(() => store.usable);
    store.onWake(
      () => void store.found({ expected: null, ordinal: 1, id: "g1" }).catch(() => undefined),
    );
    await isRefused(store.found({ expected: null, ordinal: 1, id: "g1" }), /: READONLY /);
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(await pair.replica.info("stats"))?.[1]);
    const before = await connections();
    const start = performance.now();
    await eventually(() => performance.now() - start > 2_000);
    const made = (await connections()) - before;
    assert(made >= 1 && made <= 16, `${made} connections in 2 s`);
    await pair.promote();
    await eventually(() => store.found({ expected: null, ordinal: 1, id: "g1" }), {
      withinMs: 2_000,
    });
  });

  void test("may not be asked for INFO: its identity is withheld, and it can be used all the same", async () => {
    await using server = await startRedis();
    await server.command(..."ACL SETUSER app on >pw ~* resetchannels +@all -info".split(" "));
    await using store = connectRedis({ url: server.url, username: "app", password: "pw" });
    await founded(store);
    assert.equal((await store.publish(publication("1"))).t, "published");
    const reply = await store.tail(tailRequest);
    assert.equal(reply.identity, null);
    assert.deepEqual(reply.generation, { ordinal: 1, id: "g1", identity: "" });
    assert.equal(reply.members.length, 1);
  });

  void test("may not be written by this user", async () => {
    await using server = await startRedis();
    await server.command(..."ACL SETUSER app on >pw ~* &* +@all -hset".split(" "));
    await using store = connectRedis({ url: server.url, username: "app", password: "pw" });
    await eventually(() => store.usable);
    await isRefused(
      store.found({ expected: null, ordinal: 1, id: "g1" }),
      /can't run this command|NOPERM|permission/,
    );
  });

  void test("cannot be reached without the driver, and the error says what to install", async () => {
    const absent = Object.assign(new Error("Cannot find package"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    const loadClient = () => Promise.reject(absent);
    await using store = connectRedis({ url: "redis://127.0.0.1:1" }, { loadClient });
    await eventually(async () => {
      const { code, message } = await failure(store.tail(tailRequest));
      assert.equal(code, "unreachable");
      assert.match(message, /"ioredis" is not installed: npm install ioredis$/);
    });
  });
});
