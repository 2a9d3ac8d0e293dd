import assert from "node:assert/strict";
import { createServer, type Server, type Socket } from "node:net";
import { test } from "node:test";
import { eventually } from "../wait/eventually.js";
import { listenOnFreePort } from "../wait/free-port.js";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.js";
import { TestClient } from "./testing/test-client.js";

/** Answers every line with "re:" and the line. */
class EchoServer implements AsyncDisposable {
  readonly received: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  port = 0;

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("data", (chunk) => {
        for (const line of chunk.toString().trimEnd().split("\n")) {
          this.received.push(line);
          socket.write(`re:${line}\n`);
        }
      });
    });
  }

  async listen(): Promise<void> {
    this.port = await listenOnFreePort(this.#server);
  }

  push(line: string): void {
    for (const socket of this.#sockets) socket.write(`${line}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

async function withProxy(
  body: (proxy: FaultProxy, server: EchoServer, connect: () => TestClient) => Promise<void>,
): Promise<void> {
  await using server = new EchoServer();
  await server.listen();
  await using proxy = await startFaultProxy({ targetPort: server.port });
  const clients: TestClient[] = [];
  const connect = () => {
    const client = new TestClient(proxy.port);
    clients.push(client);
    return client;
  };
  try {
    await body(proxy, server, connect);
  } finally {
    for (const client of clients) client.close();
  }
}

void test("a healthy proxy passes bytes both ways and counts them", () =>
  withProxy(async (proxy, _server, connect) => {
    const client = connect();
    client.send("a");
    await client.heard("re:a");
    assert.deepEqual(proxy.counters, {
      connections: 1,
      resets: 0,
      bytesUp: 2,
      bytesDown: 5,
      swallowedUp: 0,
      swallowedDown: 0,
    });
  }));

void test("a cut resets what is open, refuses what is new, and heals on the same port", () =>
  withProxy(async (proxy, _server, connect) => {
    const before = connect();
    before.send("a");
    await before.heard("re:a");
    await proxy.cut();
    assert.equal(await before.ended(), "ECONNRESET");
    assert.equal(await connect().ended(), "ECONNREFUSED");
    await proxy.heal();
    const after = connect();
    after.send("b");
    await after.heard("re:b");
  }));

void test("a half-open link is accepted, says nothing, and is reset when it heals", () =>
  withProxy(async (proxy, server, connect) => {
    const before = connect();
    before.send("a");
    await before.heard("re:a");
    proxy.halfOpen();
    before.send("b");
    const during = connect();
    await during.connected();
    during.send("c");
    await eventually(() => proxy.counters.swallowedUp === 4);
    server.push("x");
    await eventually(() => proxy.counters.swallowedDown === 2);
    assert.deepEqual(server.received, ["a"]);
    assert.deepEqual([before.lines, during.lines], [["re:a"], []]);
    await proxy.heal();
    assert.equal(await before.ended(), "ECONNRESET");
    assert.equal(await during.ended(), "ECONNRESET");
  }));

void test("a held link delivers everything in order when it heals", () =>
  withProxy(async (proxy, server, connect) => {
    const client = connect();
    client.send("a");
    await client.heard("re:a");
    proxy.hold();
    client.send("b");
    client.send("c");
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(server.received, ["a"]);
    await proxy.heal();
    await client.heard("re:c");
    assert.deepEqual(client.lines, ["re:a", "re:b", "re:c"]);
    assert.equal(proxy.counters.resets, 0);
  }));

void test("a delay applies each way and keeps the order when it ends", () =>
  withProxy(async (proxy, server, connect) => {
    const client = connect();
    client.send("a");
    await client.heard("re:a");
    proxy.delay(100);
    const start = performance.now();
    client.send("b");
    await client.heard("re:b");
    assert.ok(performance.now() - start >= 195);
    client.send("c");
    await eventually(() => proxy.counters.bytesUp === 6);
    proxy.delay(0);
    client.send("d");
    await client.heard("re:d");
    assert.deepEqual(server.received, ["a", "b", "c", "d"]);
  }));

void test("dropped replies let the request act and reset the link, as often as told", () =>
  withProxy(async (proxy, server, connect) => {
    proxy.dropReplies({ matching: "PUBLISH", times: 1 });
    const client = connect();
    client.send("other");
    await client.heard("re:other");
    client.send("PUBLISH 1");
    assert.equal(await client.ended(), "ECONNRESET");
    assert.deepEqual(server.received, ["other", "PUBLISH 1"]);
    const again = connect();
    again.send("PUBLISH 2");
    await again.heard("re:PUBLISH 2");
  }));

void test("dropped requests never reach the server, whose own words still arrive", () =>
  withProxy(async (proxy, server, connect) => {
    const client = connect();
    client.send("a");
    await client.heard("re:a");
    proxy.dropRequests();
    client.send("b");
    await eventually(() => proxy.counters.swallowedUp === 2);
    server.push("hello");
    await client.heard("hello");
    assert.deepEqual(server.received, ["a"]);
  }));
