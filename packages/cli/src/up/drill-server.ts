import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isLinkMode, isObject } from "./child-messages.js";
import type { Drill, DrillAnswer, UpState } from "./up-state.js";

export interface DrillHandlers {
  /** What an order leads to; rejects with what to tell the person. */
  drill(what: Drill): Promise<DrillAnswer>;
  state(): UpState;
}

export interface DrillServer extends AsyncDisposable {
  readonly url: string;
}

/** Takes orders from `holdfast drill`, on loopback and with a token of its own. */
export async function startDrillServer(
  token: string,
  handlers: DrillHandlers,
): Promise<DrillServer> {
  const expected = digest(`Bearer ${token}`);
  const server = createServer((request, response) => {
    const given = digest(request.headers.authorization ?? "");
    if (!timingSafeEqual(given, expected)) return reply(response, 401, { detail: "Wrong token" });
    void answer(request, response, handlers);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handlers: DrillHandlers,
): Promise<void> {
  try {
    if (request.method === "GET" && request.url === "/state") {
      return reply(response, 200, handlers.state());
    }
    const what = drillOf(await readJson(request));
    if (what === null) return reply(response, 400, { detail: "There is no such drill" });
    return reply(response, 200, await handlers.drill(what));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return reply(response, 409, { detail });
  }
}

/** Null where the body is no drill. */
export function drillOf(body: unknown): Drill | null {
  if (!isObject(body)) return null;
  const { target, action } = body;
  if (target === "control") return action === "kill" ? { target, action } : null;
  if (target !== "upstream" && target !== "redis") return null;
  return isLinkMode(action) ? { target, action } : null;
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) {
    text += chunk;
    if (text.length > 1_000) return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
