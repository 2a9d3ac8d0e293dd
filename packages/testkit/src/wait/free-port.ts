import { createServer, type Server } from "node:net";
import { TestkitError } from "../testkit-error.js";

// Below the range from which the kernel takes ports for outgoing connections, so that a server
// that goes away and comes back finds its port as it left it.
const lowest = 20_000;
const highest = 32_000;

/** A loopback port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenOnFreePort(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

/** Makes the server listen on a free loopback port and answers which. */
export async function listenOnFreePort(server: Server): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await tryListen(server, port)) return port;
  }
  throw new TestkitError("failed", "Cannot find a free loopback port: 100 were in use");
}

/** Whether the server listens on that loopback port now; false where the port is in use. */
export function tryListen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      server.off("listening", onListening);
      if (error.code === "EADDRINUSE") resolve(false);
      else reject(error);
    };
    const onListening = () => {
      server.off("error", onError);
      resolve(true);
    };
    server.once("error", onError);
    server.once("listening", onListening);
    server.listen(port, "127.0.0.1");
  });
}
