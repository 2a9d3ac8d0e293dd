import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { suite, test } from "node:test";
import {
  eventually,
  freePort,
  OwnedProcess,
  type RedisServer,
  redisMissing,
  redisServerPath,
  startFaultProxy,
  startRedis,
  startReplicatedPair,
  temporaryDirectory,
} from "@holdfast/testkit";
import type { PublishRequest, SharedStore, TailRequest } from "../log/shared-store.js";
import { connectRedis } from "./redis-store.js";

function tailBy(memberId: string): TailRequest {
  return { memberId, leaseMs: 6_000, generation: "g1", cursor: 0, said: false, limit: 100 };
}

function publicationBy(memberId: string, operation: number): PublishRequest {
  return {
    memberId,
    generation: "g1",
    cursor: 0,
    tokenAtCursor: null,
    ownOperation: 0,
    operations: [
      {
        member: `k:${memberId}${operation}`,
        barrier: false,
        token: `${memberId}.${operation}`,
        row: "{}",
        operation,
      },
    ],
  };
}

/** Goes once through every call. */
async function exercise(store: SharedStore): Promise<void> {
  await eventually(() => store.usable);
  await eventually(() => store.writeCopy("g1", "a:{b}:c", Uint8Array.of(1, 0, 2), 60_000));
  assert.deepEqual(await store.found({ expected: null, ordinal: 1, id: "g1" }), { founded: true });
  assert.equal((await store.publish(publicationBy("m", 1))).t, "published");
  assert.equal((await store.tail(tailBy("m"))).entries.length, 1);
  await store.forget("g1", [{ member: "k:m1", seq: 1 }]);
  assert.equal((await store.tail(tailBy("m"))).entries.length, 0);
  await store.leave("m");
  assert.deepEqual([...((await store.readCopy("g1", "a:{b}:c")) ?? [])], [1, 0, 2]);
  await store.dropCopy("g1", "a:{b}:c");
  assert.equal(await store.readCopy("g1", "a:{b}:c"), undefined);
}

async function clients(server: RedisServer, type: "normal" | "pubsub"): Promise<string[]> {
  const list = String(await server.command("CLIENT", "LIST", "TYPE", type));
  return list.split("\n").filter((line) => line.includes("name=holdfast-"));
}

/** A sentinel that watches the master and replaces it soon after it dies. */
async function startSentinel(master: RedisServer, configuration: string) {
  const program = redisServerPath();
  assert(program !== undefined);
  const port = await freePort();
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    `sentinel monitor main 127.0.0.1 ${master.port} 1`,
    "sentinel down-after-milliseconds main 500",
    "sentinel failover-timeout main 2000",
  ];
  writeFileSync(configuration, `${lines.join("\n")}\n`);
  const sentinel = OwnedProcess.spawn(program, [configuration, "--sentinel"]);
  return { port, [Symbol.asyncDispose]: () => sentinel[Symbol.asyncDispose]() };
}

let opensslMissing: string | false = false;
try {
  execFileSync("openssl", ["version"]);
} catch {
  opensslMissing = "needs openssl on the PATH (apt-get install openssl)";
}

void suite("a link to Redis", { skip: redisMissing, concurrency: 2 }, () => {
  void test("goes over TLS, and only to a server whose certificate is trusted", {
    skip: opensslMissing,
  }, async () => {
    await using directory = await temporaryDirectory();
    const [key, certificate] = [directory.file("key.pem"), directory.file("certificate.pem")];
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    execFileSync(
      "openssl",
      [...request.split(" "), "-keyout", key, "-out", certificate, ...names],
      {
        stdio: "ignore",
      },
    );
    const port = await freePort();
    await using server = await startRedis({
      config: {
        "tls-port": String(port),
        "tls-cert-file": certificate,
        "tls-key-file": key,
        "tls-auth-clients": "no",
      },
    });
    const ca = readFileSync(certificate);
    await using store = connectRedis({ url: `rediss://localhost:${port}`, tls: { ca } });
    await exercise(store);
    await using distrusting = connectRedis({ url: `rediss://localhost:${port}` });
    await eventually(() =>
      assert.rejects(distrusting.tail(tailBy("m")), /self.signed certificate/),
    );
    assert.equal(distrusting.usable, false);
    assert.equal((await clients(server, "normal")).length, 2);
  });

  void test("goes over a Unix socket, by path and by URL", async () => {
    await using directory = await temporaryDirectory();
    const path = directory.file("redis.sock");
    await using server = await startRedis({ config: { unixsocket: path } });
    await using byPath = connectRedis({ path });
    await exercise(byPath);
    await using byUrl = connectRedis({ url: `unix://${path}?db=2`, prefix: "other" });
    await exercise(byUrl);
    assert.match(await server.info("keyspace"), /db0:[^]*db2:/);
  });

  void test("uses one database and one prefix", async () => {
    await using server = await startRedis();
    await using store = connectRedis({ url: `${server.url}/3`, prefix: "shop:eu" });
    await eventually(() => store.usable);
    await store.found({ expected: null, ordinal: 1, id: "g1" });
    await eventually(() => store.writeCopy("g1", "a", Uint8Array.of(1), 60_000));
    await server.command("SELECT", "3");
    const keys = await server.command("KEYS", "*");
    assert(Array.isArray(keys));
    assert.deepEqual(keys.map(String).toSorted(), ["shop:eu:g1:a", "{shop:eu}:gen"]);
    assert.equal(await server.command("PTTL", "{shop:eu}:gen"), -1);
    assert(Number(await server.command("PTTL", "shop:eu:g1:a")) > 0);
  });

  void test("keeps the keys of the log on one slot of a cluster", async () => {
    await using server = await startRedis({ config: { "cluster-enabled": "yes" } });
    await server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await eventually(async () =>
      /cluster_state:ok/.test(String(await server.command("CLUSTER", "INFO"))),
    );
    await using store = connectRedis({ url: server.url });
    await exercise(store);
  });

  void test("makes three connections, and closes them when it is disposed of", async () => {
    await using server = await startRedis();
    const store = connectRedis({ url: server.url });
    await exercise(store);
    await eventually(async () => (await clients(server, "pubsub")).length === 1);
    const normal = await clients(server, "normal");
    const names = normal.map((line) => /name=(\S+)/.exec(line)?.[1]);
    assert.deepEqual(new Set(names), new Set(["holdfast-copies", "holdfast-log"]));
    assert.equal(names.length, 2);
    await store[Symbol.asyncDispose]();
    await eventually(async () => {
      const left = [...(await clients(server, "normal")), ...(await clients(server, "pubsub"))];
      assert.deepEqual(left, []);
    });
    assert.equal(store.usable, false);
    await assert.rejects(store.tail(tailBy("m")), /the store was closed here$/);
  });

  void test("can be disposed of at any time: before it is connected, without a server, frozen", async () => {
    await using server = await startRedis();
    await connectRedis({ url: server.url })[Symbol.asyncDispose]();
    const nowhere = connectRedis({ url: `redis://127.0.0.1:${await freePort()}` });
    await eventually(() => assert.rejects(nowhere.tail(tailBy("m")), /ECONNREFUSED/));
    await nowhere[Symbol.asyncDispose]();
    const frozen = connectRedis({ url: server.url });
    await eventually(() => frozen.usable);
    server.freeze();
    const call = assert.rejects(frozen.tail(tailBy("m")), /the store was closed here$/);
    await frozen[Symbol.asyncDispose]();
    await call;
    server.thaw();
    await eventually(async () => assert.deepEqual(await clients(server, "normal"), []));
  });

  void test("wakes the others and not the writer", async () => {
    await using server = await startRedis();
    await using writer = connectRedis({ url: server.url });
    await using reader = connectRedis({ url: server.url });
    await eventually(() => writer.usable && reader.usable);
    await eventually(async () => (await clients(server, "pubsub")).length === 2);
    await Promise.all([writer.tail(tailBy("w")), reader.tail(tailBy("r"))]);
    const woken: string[] = [];
    writer.onWake(() => woken.push("writer"));
    reader.onWake(() => woken.push("reader"));
    await writer.found({ expected: null, ordinal: 1, id: "g1" });
    await eventually(() => woken.includes("reader"));
    woken.length = 0;
    await reader.publish(publicationBy("r", 1));
    await eventually(() => woken.includes("writer"));
    woken.length = 0;
    await writer.publish(publicationBy("w", 1));
    await eventually(() => woken.includes("reader"));
    await assert.rejects(eventually(() => woken.includes("writer"), { withinMs: 100 }));
  });

  void test("subscribes again when the subscription is lost, and wakes for what it may have missed", async () => {
    await using server = await startRedis();
    await using proxy = await startFaultProxy({ targetPort: server.port });
    await using store = connectRedis({ url: proxy.url });
    await eventually(() => store.usable);
    await eventually(async () => (await clients(server, "pubsub")).length === 1);
    let wakes = 0;
    store.onWake(() => {
      wakes += 1;
    });
    await server.command("CLIENT", "KILL", "TYPE", "pubsub");
    await eventually(() => wakes > 0, { withinMs: 2_000 });
    await eventually(async () => (await clients(server, "pubsub")).length === 1);
    wakes = 0;
    await server.command("PUBLISH", "{holdfast}:wake", "somebody");
    await eventually(() => wakes > 0);
  });

  void test("wakes when the link of the log is back, though the subscription was never lost", async () => {
    await using server = await startRedis();
    await using store = connectRedis({ url: server.url });
    await eventually(() => store.usable);
    await eventually(async () => (await clients(server, "pubsub")).length === 1);
    let wakes = 0;
    store.onWake(() => {
      wakes += 1;
    });
    await server.command("CLIENT", "KILL", "TYPE", "normal");
    await eventually(() => wakes > 0, { withinMs: 2_000 });
  });

  void test("sends the scripts again to a server that has lost them", async () => {
    await using server = await startRedis();
    await using store = connectRedis({ url: server.url });
    await exercise(store);
    await server.command("SCRIPT", "FLUSH");
    await server.command("FLUSHALL");
    await exercise(store);
  });

  void test("tells how many replicas hold what was published", async () => {
    await using pair = await startReplicatedPair();
    await using store = connectRedis({ url: pair.master.url });
    await eventually(() => store.usable);
    await store.found({ expected: null, ordinal: 1, id: "g1" });
    await eventually(async () => (await store.replicated(1_000)) === 1);
    pair.link.hold();
    await store.publish(publicationBy("m", 1));
    assert.equal(await store.replicated(100), 0);
    assert.equal(store.usable, true);
    await pair.link.heal();
    await eventually(async () => (await store.replicated(200)) === 1);
  });

  void test("reads the log while many wait for a replica that does not answer", async () => {
    await using pair = await startReplicatedPair();
    await using store = connectRedis({ url: pair.master.url });
    await eventually(() => store.usable);
    await store.found({ expected: null, ordinal: 1, id: "g1" });
    pair.link.hold();
    await store.publish(publicationBy("m", 1));
    const waits = Array.from({ length: 50 }, () => store.replicated(1_000));
    for (let round = 0; round < 5; round += 1) await store.tail(tailBy("m"));
    assert.deepEqual(new Set(await Promise.all(waits)), new Set([0]));
    assert.equal(store.usable, true);
    await pair.link.heal();
  });

  void test("finds the new master through sentinels", async () => {
    await using pair = await startReplicatedPair();
    await using directory = await temporaryDirectory();
    await using sentinel = await startSentinel(pair.master, directory.file("sentinel.conf"));
    await using store = connectRedis({
      sentinels: [{ host: "127.0.0.1", port: sentinel.port }],
      sentinelName: "main",
    });
    await eventually(() => store.usable);
    await store.found({ expected: null, ordinal: 1, id: "g1" });
    await eventually(async () => (await store.replicated(200)) === 1);
    const before = await store.tail(tailBy("m"));
    await pair.master.kill();
    const after = await eventually(() => store.tail(tailBy("m")), {
      withinMs: 15_000,
      everyMs: 50,
    });
    assert.equal(after.generation?.id, "g1");
    assert.notEqual(after.identity, before.identity);
    assert.equal((await store.publish(publicationBy("m", 1))).t, "another-generation");
  });
});
