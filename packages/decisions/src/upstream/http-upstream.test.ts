import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { DecisionsError } from "../decisions-error.js";
import type { Question } from "../question.js";
import { createHttpUpstream } from "./http-upstream.js";

const question: Question = { kind: "auth", realm: "default", user: "alice", secret: "s3cret" };
const patient = new AbortController().signal;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(t: TestContext, handler: Handler): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}/ask`;
}

const json =
  (body: string, status = 200, type = "application/json"): Handler =>
  (_, response) => {
    response.writeHead(status, { "content-type": type }).end(body);
  };

void test("the question is posted as JSON with the token, and the verdict comes back", async (t) => {
  let seen = "";
  const url = await serve(t, (request, response) => {
    assert.equal(request.method, "POST");
    assert.equal(request.headers["authorization"], "Bearer t0ken");
    assert.equal(request.headers["content-type"], "application/json");
    request.on("data", (chunk) => (seen += chunk));
    request.on("end", () => {
      const body = { decision: "allow", attributes: { pool: "a", rate: 5 }, ttlMs: 9_000 };
      response.setHeader("content-type", "application/json; charset=utf-8");
      response.end(JSON.stringify(body));
    });
  });
  await using upstream = createHttpUpstream({ url, token: "t0ken" });
  assert.deepEqual(await upstream.ask(question, patient), {
    decision: "allow",
    attributes: { pool: "a", rate: 5 },
    ttlMs: 9_000,
  });
  assert.deepEqual(JSON.parse(seen), question);
});

void test("connections are kept alive", async (t) => {
  const ports = new Set<number | undefined>();
  const url = await serve(t, (request, response) => {
    ports.add(request.socket.remotePort);
    json('{"decision":"deny"}')(request, response);
  });
  await using upstream = createHttpUpstream({ url });
  for (let i = 0; i < 20; i++) await upstream.ask(question, patient);
  assert.ok(ports.size <= 2, `${ports.size} connections for 20 questions`);
});

const noVerdict: readonly [string, Handler, string][] = [
  ["a 500", json('{"decision":"deny"}', 500), "upstream-unavailable"],
  ["a 404 with a deny inside", json('{"decision":"deny"}', 404), "upstream-unavailable"],
  ["a 204", (_, response) => response.writeHead(204).end(), "upstream-unavailable"],
  [
    "a redirect",
    (request, response) => {
      if (request.url === "/elsewhere") json('{"decision":"deny"}')(request, response);
      else response.writeHead(303, { location: "/elsewhere" }).end();
    },
    "upstream-unavailable",
  ],
  ["a 401", json("{}", 401), "upstream-refuses-us"],
  ["a 403", json("{}", 403), "upstream-refuses-us"],
  ["a 200 with HTML", json("<h1>deny</h1>", 200, "text/html"), "upstream-nonsense"],
  ["a 200 with half a body of JSON", json('{"decision":"de'), "upstream-nonsense"],
  ["a 200 with an unknown decision", json('{"decision":"no"}'), "upstream-nonsense"],
  ["a 200 with a list", json('["deny"]'), "upstream-nonsense"],
  ["nested attributes", json('{"decision":"allow","attributes":{"a":{}}}'), "upstream-nonsense"],
  ["a TTL of 0", json('{"decision":"allow","ttlMs":0}'), "upstream-nonsense"],
  ["a TTL that is a text", json('{"decision":"allow","ttlMs":"9"}'), "upstream-nonsense"],
  ["a body of 2 MB", json(`{"decision":"deny","x":"${"x".repeat(2e6)}"}`), "upstream-nonsense"],
  ["a cut connection", (request) => request.socket.destroy(), "upstream-unavailable"],
  ["silence", () => undefined, "upstream-deadline"],
  [
    "a body that never ends",
    (_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"decision":"deny"');
    },
    "upstream-deadline",
  ],
];

for (const [what, handler, code] of noVerdict) {
  void test(`${what} is ${code}, never a no`, async (t) => {
    const url = await serve(t, handler);
    await using upstream = createHttpUpstream({ url, deadlineMs: 300 });
    await assert.rejects(upstream.ask(question, patient), (error) => {
      assert.ok(error instanceof DecisionsError);
      assert.equal(error.code, code);
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
}

void test("nobody there is unavailable and says why", async (t) => {
  const url = await serve(t, json("{}"));
  await using upstream = createHttpUpstream({ url: url.replace(/:\d+/, ":1") });
  await assert.rejects(upstream.ask(question, patient), /ECONNREFUSED|bad port/);
});

void test("an aborted signal ends the question", async (t) => {
  const url = await serve(t, () => undefined);
  await using upstream = createHttpUpstream({ url });
  const giveUp = new AbortController();
  const asking = upstream.ask(question, giveUp.signal);
  giveUp.abort();
  await assert.rejects(asking, { code: "upstream-unavailable" });
});

for (const [url, message] of [
  ["ftp://example.test/", /must be an http: or https: address/],
  ["nonsense", /must be an http: or https: address/],
  ["http://me:pw@example.test/", /contains credentials/],
] as const) {
  void test(`the address ${url} is refused`, () => {
    assert.throws(() => createHttpUpstream({ url }), message);
  });
}
