import assert from "node:assert/strict";
import { connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { RedisRelay } from "./redis-relay.js";

async function echo(t: TestContext): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return `redis://user:pass@127.0.0.1:${port}/3`;
}

/** What comes back of "ping", or how the connection ended. */
function ping(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  return new Promise((resolve) => {
    socket.once("data", (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
    socket.once("close", () => resolve("closed"));
    socket.write("ping");
  });
}

void test("a relay passes, delays, hangs up and vanishes as it is told, on one address", async (t) => {
  await using relay = new RedisRelay(await echo(t));
  await relay.be("up");
  const { url } = relay;
  assert.match(url, /^redis:\/\/user:pass@127\.0\.0\.1:\d+\/3$/);
  assert.equal(await ping(url), "ping");
  await relay.be("slow");
  const startedMs = performance.now();
  assert.equal(await ping(url), "ping");
  assert.ok(performance.now() - startedMs >= 990);
  await relay.be("fail");
  assert.match(await ping(url), /^(closed|ECONNRESET|EPIPE)$/);
  await relay.be("down");
  assert.equal(await ping(url), "ECONNREFUSED");
  await relay.be("up");
  assert.equal(relay.url, url);
  assert.equal(await ping(url), "ping");
});

void test("a connection that was open is cut when the link goes down", async (t) => {
  await using relay = new RedisRelay(await echo(t));
  await relay.be("up");
  const socket = connect(Number(new URL(relay.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => {
    socket.once("data", () => resolve());
    socket.write("x");
  });
  const closed = new Promise((resolve) => socket.once("close", resolve));
  await relay.be("down");
  await closed;
});

for (const url of ["rediss://127.0.0.1:1", "http://127.0.0.1:1", "nonsense"]) {
  void test(`${url} cannot be relayed to, and the message does not quote it`, () => {
    assert.throws(
      () => new RedisRelay(url),
      (error) => error instanceof Error && !error.message.includes(url),
    );
  });
}
