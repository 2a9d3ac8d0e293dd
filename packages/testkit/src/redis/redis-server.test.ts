import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { processState } from "../child/process-state.js";
import { TestkitError } from "../testkit-error.js";
import { eventually } from "../wait/eventually.js";
import { redisMissing } from "./redis-path.js";
import { startRedis } from "./redis-server.js";
import { startReplicatedPair } from "./replicated-pair.js";

const needsRedis = { skip: redisMissing };

void test("a started server answers and is gone after disposal", needsRedis, async () => {
  const redis = await startRedis();
  assert.equal(await redis.command("SET", "a", "1"), "OK");
  assert.equal(await redis.command("GET", "a"), "1");
  assert.equal(await redis.command("GET", "b"), null);
  assert.deepEqual(await redis.command("MGET", "a", "b"), ["1", null]);
  const { pid, directory } = redis;
  await redis[Symbol.asyncDispose]();
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
  assert.equal(existsSync(directory), false);
});

void test("an error reply is thrown with the server's text", needsRedis, async () => {
  await using redis = await startRedis();
  await assert.rejects(redis.command("NOSUCH"), (error) => {
    assert.ok(error instanceof TestkitError);
    assert.equal(error.code, "replied");
    assert.match(error.message, /unknown command/i);
    return true;
  });
  assert.equal(await redis.command("PING"), "PONG");
});

void test(
  "a restart empties the server, unless it is told to keep its data",
  needsRedis,
  async () => {
    await using redis = await startRedis();
    await redis.command("SET", "a", "1");
    const { port, pid } = redis;
    await redis.restart({ keepData: true });
    assert.notEqual(redis.pid, pid);
    assert.equal(redis.port, port);
    assert.equal(await redis.command("GET", "a"), "1");
    await redis.restart();
    assert.equal(await redis.command("GET", "a"), null);
  },
);

void test("a server comes back from an older snapshot", needsRedis, async () => {
  await using redis = await startRedis();
  await redis.command("SET", "a", "old");
  const snapshot = await redis.saveRdb();
  await redis.command("SET", "a", "new");
  await redis.restoreRdb(snapshot);
  assert.equal(await redis.command("GET", "a"), "old");
});

void test("a frozen server answers nothing and dies all the same", needsRedis, async () => {
  await using redis = await startRedis();
  redis.freeze();
  const order: string[] = [];
  const reply = redis.command("PING").finally(() => order.push("answered"));
  await eventually(() => processState(redis.pid) === "T");
  order.push("thawed");
  redis.thaw();
  assert.equal(await reply, "PONG");
  assert.deepEqual(order, ["thawed", "answered"]);
  redis.freeze();
  await redis.kill();
  await assert.rejects(redis.command("PING"));
});

void test("a directive that the server refuses is named in the error", needsRedis, async () => {
  await assert.rejects(startRedis({ config: { maxmemory: "plenty" } }), (error) => {
    assert.ok(error instanceof TestkitError);
    assert.equal(error.code, "exited");
    assert.match(error.message, /maxmemory/);
    return true;
  });
});

void test(
  "a promoted replica lacks what was written while its link was cut",
  needsRedis,
  async () => {
    await using pair = await startReplicatedPair();
    await pair.master.command("SET", "a", "old");
    assert.equal(await pair.master.command("WAIT", "1", "2000"), 1);
    await pair.link.cut();
    await pair.master.command("SET", "a", "new");
    await pair.promote();
    assert.equal(await pair.replica.command("GET", "a"), "old");
    assert.equal(await pair.master.command("GET", "a"), "new");
    assert.equal(await pair.replica.command("SET", "b", "1"), "OK");
  },
);
