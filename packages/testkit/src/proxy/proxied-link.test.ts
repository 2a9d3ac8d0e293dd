import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { before } from "../wait/before.js";
import { listenOnFreePort } from "../wait/free-port.js";
import { ProxiedLink } from "./proxied-link.js";

void test("a link that is reset while one side is ending lets go of its sockets", async () => {
  const server = createServer();
  const port = await listenOnFreePort(server);
  const accepted = once(server, "connection") as Promise<[Socket]>;
  const peer = connect(port, "127.0.0.1").on("error", () => undefined);
  const [client] = await accepted;
  const link = new ProxiedLink(client, {
    targetPort: port,
    connects: false,
    delayMs: () => 0,
    tellsEnds: () => true,
    onPiece: () => "pass",
    onReset: () => undefined,
    onEnd: () => undefined,
  });
  const closed = once(client, "close");
  client.end();
  link.reset();
  await before(closed, 5_000, "see the socket close");
  peer.destroy();
  server.close();
});
