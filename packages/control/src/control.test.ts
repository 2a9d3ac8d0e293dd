import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { startControl } from "./control.js";
import { createLog } from "./log.js";
import { readOwnerOnly } from "./state/owner-only-file.js";
import { readControlAddress, stateFiles } from "./state/state-files.js";
import { temporary } from "./testing/stand.js";

interface SlowUpstream {
  readonly url: string;
  readonly asked: Promise<void>;
  answer(): void;
}

async function slowUpstream(t: TestContext): Promise<SlowUpstream> {
  let answer: () => void = () => undefined;
  let heard: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const told = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const server = createServer((_, response) => {
    heard();
    void told.then(() => {
      response.setHeader("content-type", "application/json");
      response.end('{"decision":"allow"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}/`, asked, answer: () => answer() };
}

const quiet = createLog("silent");

void test("a control plane answers over HTTP, and on its end what was accepted before", async (t) => {
  const stateDirectory = temporary(t);
  const upstream = await slowUpstream(t);
  const settings = { stateDirectory, port: 0, upstreamUrl: upstream.url };
  await using control = await startControl(settings, quiet);
  const files = stateFiles(stateDirectory);
  assert.equal(readControlAddress(files)?.url, control.url);
  const deciding = fetch(`${control.url}/v1/decisions/auth`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${readOwnerOnly(control.tokenFile)}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ user: "alice", secret: "s" }),
  });
  await upstream.asked;
  const stopping = control.stop();
  upstream.answer();
  const reply = await deciding;
  assert.equal(reply.status, 200);
  assert.match(await reply.text(), /"allow"/);
  await stopping;
  await assert.rejects(fetch(`${control.url}/healthz`));
  assert.equal(readControlAddress(files), null);
});

void test("what one run has learned, the next one answers without asking", async (t) => {
  const stateDirectory = temporary(t);
  const upstream = await slowUpstream(t);
  upstream.answer();
  const settings = { stateDirectory, port: 0, upstreamUrl: upstream.url };
  const decide = async (url: string, tokenFile: string) => {
    const reply = await fetch(`${url}/v1/decisions/auth`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${readOwnerOnly(tokenFile)}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ user: "alice", secret: "s" }),
    });
    const body: { source?: string } = JSON.parse(await reply.text());
    return body.source;
  };
  {
    await using first = await startControl(settings, quiet);
    assert.equal(await decide(first.url, first.tokenFile), "upstream");
  }
  await using second = await startControl(settings, quiet);
  assert.equal(await decide(second.url, second.tokenFile), "sqlite");
});

void test("what is not HTTP is answered as a problem and hung up", async (t) => {
  const settings = { stateDirectory: temporary(t), port: 0, upstreamUrl: "http://127.0.0.1:9/" };
  await using control = await startControl(settings, quiet);
  const socket = connect(Number(new URL(control.url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write("hello\r\n\r\n");
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8")) answer += chunk;
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /"code":"invalid-body"/);
});

void test("an address that is taken is an error that names it, and leaves nothing open", async (t) => {
  const upstreamUrl = "http://127.0.0.1:9/";
  const first = { stateDirectory: temporary(t), port: 0, upstreamUrl };
  await using control = await startControl(first, quiet);
  const port = Number(new URL(control.url).port);
  const second = { stateDirectory: temporary(t), port, upstreamUrl };
  await assert.rejects(startControl(second, quiet), { code: "listen" });
});
