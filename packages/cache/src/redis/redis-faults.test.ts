import assert from "node:assert/strict";
import { createServer } from "node:net";
import { suite, test } from "node:test";
import { eventually, freePort, redisMissing, startFaultProxy, startRedis } from "@holdfast/testkit";
import type { PublishRequest, SharedStore, TailRequest } from "../log/shared-store.js";
import { SharedStoreError, type SharedStoreErrorCode } from "../log/shared-store-error.js";
import { connectRedis } from "./redis-store.js";

const tailRequest: TailRequest = {
  memberId: "m",
  leaseMs: 6_000,
  generation: "g1",
  cursor: 0,
  said: false,
  limit: 100,
};

function publication(row: string, key = "k:a"): PublishRequest {
  return {
    memberId: "m",
    generation: "g1",
    cursor: 0,
    tokenAtCursor: null,
    ownOperation: 0,
    operations: [{ member: key, barrier: false, token: "m.1", row, operation: 0 }],
  };
}

/** Ready on every link it has, with a generation founded. */
async function founded(store: SharedStore): Promise<SharedStore> {
  await ready(store);
  await store.found({ expected: null, ordinal: 1, id: "g1" });
  return store;
}

async function ready(store: SharedStore, withinMs = 5_000): Promise<void> {
  await eventually(() => store.usable, { withinMs });
  await eventually(() => store.readCopy("g1", "nothing"), { withinMs });
}

async function failure(call: Promise<unknown>): Promise<SharedStoreError> {
  const [outcome] = await Promise.allSettled([call]);
  assert.equal(outcome?.status, "rejected", "the call was answered");
  assert(outcome.reason instanceof SharedStoreError, String(outcome.reason));
  return outcome.reason;
}

async function failsWith(code: SharedStoreErrorCode, call: Promise<unknown>): Promise<void> {
  const error = await failure(call);
  assert.equal(error.code, code, error.message);
}

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls come back at this latest on a busy machine, beyond the time they are given. */
const slackMs = 400;

void suite("a store whose Redis misbehaves", { skip: redisMissing, concurrency: 2 }, () => {
  for (const frozenMs of [0, 2_500]) {
    void test(`settles every call while Redis is frozen for ${frozenMs} ms more than a call takes, and is back within 1 s`, async () => {
      await using server = await startRedis();
      await using store = await founded(connectRedis({ url: server.url }));
      server.freeze();
      assert((await elapsed(() => failsWith("timeout", store.readCopy("g1", "a")))) < 50 + slackMs);
      const calls = [
        store.tail(tailRequest),
        store.publish(publication("1")),
        store.forget("g1", []),
        store.leave("m"),
        store.replicated(100),
      ];
      const tookMs = await elapsed(() =>
        Promise.all(calls.map((call) => failsWith("timeout", call))),
      );
      assert(tookMs < 500 + slackMs, `${tookMs} ms`);
      assert.equal(store.usable, false);
      assert((await elapsed(() => failsWith("timeout", store.tail(tailRequest)))) < slackMs);
      const thawAt = performance.now() + frozenMs;
      await eventually(() => performance.now() >= thawAt);
      assert.equal(store.usable, false);
      server.thaw();
      assert((await elapsed(() => ready(store))) <= 1_000);
      assert.equal((await store.tail(tailRequest)).generation?.id, "g1");
    });
  }

  void test("is back within 1 s however often Redis froze before", async () => {
    await using server = await startRedis();
    await using store = await founded(connectRedis({ url: server.url }));
    for (let round = 0; round < 5; round += 1) {
      server.freeze();
      await failsWith("timeout", store.readCopy("g1", "a"));
      server.thaw();
      assert((await elapsed(() => ready(store))) <= 1_000);
    }
  });

  void test("makes only the first few of 500 reads a second wait when Redis freezes", async () => {
    await using server = await startRedis();
    await using store = await founded(connectRedis({ url: server.url }));
    let waited = 0;
    const reads: Promise<void>[] = [];
    const read = async () => {
      let isOver = false;
      const over = failsWith("timeout", store.readCopy("g1", "a")).finally(() => {
        isOver = true;
      });
      await turnOfTheLoop();
      if (!isOver) waited += 1;
      await over;
    };
    const start = performance.now();
    server.freeze();
    await eventually(
      () => {
        const due = Math.floor((performance.now() - start) / 2);
        while (reads.length < due) reads.push(read());
        return performance.now() - start > 2_000;
      },
      { everyMs: 1 },
    );
    await Promise.all(reads);
    assert(reads.length >= 500, `${reads.length} reads`);
    assert(waited >= 1 && waited <= 25, `${waited} reads waited`);
  });

  void test("gives every reply to its own call after calls that timed out", async () => {
    await using server = await startRedis();
    await using store = await founded(connectRedis({ url: server.url, copyTimeoutMs: 30 }));
    const keys = Array.from({ length: 20 }, (_, index) => index);
    for (const key of keys) await store.writeCopy("g1", `${key}`, Uint8Array.of(key), 60_000);
    server.freeze();
    await Promise.all(keys.map((key) => failsWith("timeout", store.readCopy("g1", `${key}`))));
    server.thaw();
    await ready(store);
    const values = await Promise.all(keys.map((key) => store.readCopy("g1", `${key}`)));
    assert.deepEqual(
      values.map((value) => value?.[0]),
      keys,
    );
  });

  void test("takes no pause of its own process for a silent Redis", async () => {
    await using server = await startRedis();
    await using store = await founded(connectRedis({ url: server.url }));
    await store.writeCopy("g1", "a", Uint8Array.of(7), 60_000);
    const reads = Array.from({ length: 20 }, () => store.readCopy("g1", "a"));
    const until = performance.now() + 300;
    while (performance.now() < until);
    for (const value of await Promise.all(reads)) assert.deepEqual(value?.[0], 7);
    assert.equal(store.usable, true);
  });

  void test("fails at once while Redis is dead and is back within 1 s of its return", async () => {
    await using server = await startRedis();
    await using store = await founded(connectRedis({ url: server.url }));
    await server.kill();
    await eventually(() => !store.usable);
    for (let round = 0; round < 20; round += 1) {
      assert((await elapsed(() => failsWith("unreachable", store.tail(tailRequest)))) < slackMs);
      assert((await elapsed(() => failsWith("unreachable", store.readCopy("g1", "a")))) < slackMs);
    }
    const { message } = await failure(store.tail(tailRequest));
    assert.match(message, /^Cannot read the log of Redis "127\.0\.0\.1:\d+": .*[^.]$/);
    await server.start();
    assert((await elapsed(() => ready(store))) <= 1_000);
    assert.equal((await store.tail(tailRequest)).generation, null);
  });

  void test("calls that were under way when Redis was killed fail, and are not sent again", async () => {
    await using server = await startRedis();
    await using store = await founded(connectRedis({ url: server.url }));
    server.freeze();
    const late = store.found({ expected: "g1", ordinal: 2, id: "late" });
    const next = store.found({ expected: null, ordinal: 3, id: "late too" });
    const failed = Promise.all([failsWith("unreachable", late), failsWith("unreachable", next)]);
    await server.kill();
    await failed;
    await server.start();
    await ready(store);
    assert.equal((await store.tail(tailRequest)).generation, null);
  });

  void test("notices a cut link at once, and wakes its listeners when it is back", async () => {
    await using server = await startRedis();
    await using proxy = await startFaultProxy({ targetPort: server.port });
    await using store = await founded(connectRedis({ url: proxy.url }));
    let wakes = 0;
    store.onWake(() => {
      wakes += 1;
    });
    await proxy.cut();
    await eventually(() => !store.usable, { withinMs: 200 });
    await failsWith("unreachable", store.tail(tailRequest));
    wakes = 0;
    await proxy.heal();
    assert((await elapsed(() => ready(store))) <= 1_000);
    await eventually(() => wakes > 0);
  });

  void test("leaves a half-open link by itself", async () => {
    await using server = await startRedis();
    await using proxy = await startFaultProxy({ targetPort: server.port });
    await using store = await founded(connectRedis({ url: proxy.url }));
    const before = proxy.counters.connections;
    proxy.halfOpen();
    await failsWith("timeout", store.tail(tailRequest));
    assert.equal(store.usable, false);
    await eventually(() => proxy.counters.connections > before, { withinMs: 3_000 });
    await proxy.heal();
    assert((await elapsed(() => ready(store))) <= 1_000);
  });

  void test("fails when only the reply is lost, though the publication took effect", async () => {
    await using server = await startRedis();
    await using proxy = await startFaultProxy({ targetPort: server.port });
    await using store = await founded(connectRedis({ url: proxy.url }));
    await store.publish(publication("1"));
    proxy.dropReplies({ matching: "k:lost", times: 1 });
    await failsWith("unreachable", store.publish(publication("2", "k:lost")));
    await proxy.heal();
    await ready(store);
    const { entries } = await store.tail(tailRequest);
    assert.deepEqual(
      entries.map(({ member, row }) => ({ member, row })),
      [
        { member: "k:a", row: "1" },
        { member: "k:lost", row: "2" },
      ],
    );
  });

  void test("tries no more than a few times a second to reach a server that hangs up", async () => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    try {
      await using store = connectRedis({ host: "127.0.0.1", port });
      const start = performance.now();
      await eventually(() => performance.now() - start > 2_000);
      assert.equal(store.usable, false);
      assert(connections >= 6 && connections <= 40, `${connections} connections in 2 s`);
    } finally {
      server.close();
    }
  });
});
