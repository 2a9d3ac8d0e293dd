import assert from "node:assert/strict";
import { test } from "node:test";
import { stand } from "../testing/stand.js";

const ask = "/v1/decisions/auth";
const alice = { user: "alice", secret: "right" };

void test("a login is allowed with its attributes, source, age and currency", async (t) => {
  const { post } = await stand(t);
  const reply = await post(ask, alice);
  assert.equal(reply.statusCode, 200);
  assert.equal(reply.headers["cache-control"], "no-store");
  const { ageMs, ...rest } = reply.json();
  assert.equal(typeof ageMs, "number");
  assert.deepEqual(rest, {
    decision: "allow",
    attributes: { pool: "main" },
    source: "upstream",
    age: "fresh",
    currency: "verified",
    reason: "upstream",
    detail: null,
  });
  assert.equal((await post(ask, alice)).json().source, "memory");
});

void test("a no is a 200, and nobody can say is a 503 problem that no client can take for a no", async (t) => {
  const { post, upstream } = await stand(t);
  const no = await post(ask, { user: "alice", secret: "wrong" });
  assert.equal(no.statusCode, 200);
  assert.equal(no.json().decision, "deny");
  upstream.mode = "down";
  const none = await post(ask, alice);
  assert.equal(none.statusCode, 503);
  assert.equal(none.headers["content-type"], "application/problem+json");
  assert.equal(none.headers["retry-after"], "5");
  const problem = none.json();
  assert.equal(problem.code, "unavailable");
  assert.equal(problem.decision, "unavailable");
  assert.equal(problem.reason, "upstream-unavailable");
  assert.equal(problem.type, "urn:holdfast:problem:unavailable");
  assert.equal(problem.requestId, none.headers["x-request-id"]);
});

void test("a revoked user is denied with the reason, while the upstream says yes", async (t) => {
  const { post, log } = await stand(t);
  await post(ask, alice);
  const receipt = await post("/v1/revocations", { user: "alice", reason: "lost laptop" });
  assert.equal(receipt.statusCode, 200);
  assert.equal(receipt.json().state, "revoked");
  assert.equal(receipt.json().acknowledged, "durable");
  assert.ok(receipt.json().operation.length > 0);
  const refused = (await post(ask, alice)).json();
  assert.equal(refused.decision, "deny");
  assert.equal(refused.reason, "revoked");
  assert.equal(refused.detail, "lost laptop");
  assert.ok(log.some((line) => line.includes("lost laptop")));
});

void test("a revocation can be lifted, and then the upstream decides again", async (t) => {
  const { post } = await stand(t);
  await post("/v1/revocations", { user: "alice" });
  const lifted = await post("/v1/revocations/lift", { user: "alice" });
  assert.equal(lifted.statusCode, 200);
  assert.equal(lifted.json().state, "lifted");
  assert.equal((await post(ask, alice)).json().source, "upstream");
});

void test("realms do not see each other", async (t) => {
  const { post } = await stand(t);
  await post("/v1/revocations", { user: "alice", realm: "a" });
  assert.equal((await post(ask, { ...alice, realm: "a" })).json().decision, "deny");
  assert.equal((await post(ask, { ...alice, realm: "b" })).json().decision, "allow");
});

const json = { "content-type": "application/json" };
const bad: readonly [string, string, unknown, Record<string, string>, number, string][] = [
  ["no secret", ask, { user: "alice" }, json, 400, "invalid-body"],
  ["an unknown field", ask, { ...alice, admin: true }, json, 400, "invalid-body"],
  ["a user that is a number", ask, { ...alice, user: 7 }, json, 400, "invalid-body"],
  ["a user with a newline", ask, { ...alice, user: "a\nb" }, json, 400, "invalid-question"],
  ["a realm with a colon", ask, { ...alice, realm: "a:b" }, json, 400, "invalid-question"],
  ["a list", ask, [], json, 400, "invalid-body"],
  ["broken JSON", ask, '{"user":', json, 400, "invalid-body"],
  [
    "a poisoned prototype",
    ask,
    '{"__proto__":{},"user":"a","secret":"b"}',
    json,
    400,
    "invalid-body",
  ],
  ["nothing", ask, "", json, 400, "invalid-body"],
  ["plain text", ask, alice, { "content-type": "text/plain" }, 415, "unsupported-media-type"],
  [
    "a form",
    ask,
    "user=alice",
    { "content-type": "application/x-www-form-urlencoded" },
    415,
    "unsupported-media-type",
  ],
  ["65 KiB", ask, { ...alice, secret: "x".repeat(66_560) }, json, 413, "too-large"],
  ["no token", ask, alice, { authorization: "" }, 401, "unauthorized"],
  ["another token", ask, alice, { authorization: "Bearer t0ke" }, 401, "unauthorized"],
  ["the token as basic", ask, alice, { authorization: "Basic t0ken" }, 401, "unauthorized"],
  ["a foreign host", ask, alice, { host: "evil.test" }, 421, "wrong-host"],
  ["an unknown route", "/v1/decisions/nothing", alice, json, 404, "not-found"],
  ["a route of another method", "/v1/status", alice, json, 405, "method-not-allowed"],
  ["a revocation without user", "/v1/revocations", { reason: "x" }, json, 400, "invalid-body"],
  [
    "a revocation with an unknown level",
    "/v1/revocations",
    { user: "a", acknowledge: "maybe" },
    json,
    400,
    "invalid-body",
  ],
];

void test("what cannot be answered is a problem with a stable code, and reaches nobody", async (t) => {
  const { post, upstream } = await stand(t);
  for (const [what, url, body, headers, status, code] of bad) {
    await t.test(`${what} is answered ${status} ${code}`, async () => {
      const reply = await post(url, body, headers);
      assert.equal(reply.statusCode, status, reply.body);
      assert.match(String(reply.headers["content-type"]), /^application\/problem\+json/);
      const problem = reply.json();
      assert.equal(problem.code, code);
      assert.equal(problem.status, status);
      assert.ok(problem.title.length > 0 && problem.detail.length > 0);
      assert.doesNotMatch(reply.body, /right|xxx/);
      assert.equal(upstream.asked.length, 0);
    });
  }
});

void test("an allowed host is served, with any port and any case", async (t) => {
  const { get } = await stand(t);
  for (const host of ["PANEL.test:8443", "localhost", "[::1]:80"]) {
    assert.equal((await get("/healthz", { host })).statusCode, 200, host);
  }
});

void test("health is for everybody, readiness turns with the state, status and metrics need the token", async (t) => {
  const { get, be } = await stand(t);
  const nobody = { authorization: "" };
  assert.equal((await get("/healthz", nobody)).statusCode, 200);
  assert.equal((await get("/readyz", nobody)).statusCode, 200);
  be({ t: "not-ready", why: "stopping" });
  assert.equal((await get("/readyz", nobody)).statusCode, 503);
  assert.equal((await get("/healthz", nobody)).statusCode, 200);
  assert.equal((await get("/v1/status", nobody)).statusCode, 401);
  assert.equal((await get("/metrics", nobody)).statusCode, 401);
});

void test("the status tells dependencies, sources, ages and what was saved", async (t) => {
  const { post, get, upstream } = await stand(t);
  assert.equal((await get("/v1/status")).json().dependencies.upstream.state, "unknown");
  await post(ask, alice);
  await post(ask, alice);
  upstream.mode = "down";
  await post(ask, { user: "bob", secret: "right" });
  const status = (await get("/v1/status")).json();
  assert.equal(status.dependencies.upstream.state, "down");
  assert.match(status.dependencies.upstream.reason, /gone/);
  assert.equal(status.dependencies.redis.state, "not-configured");
  assert.equal(status.dependencies.disk.state, "up");
  assert.deepEqual(status.answers.decisions, { allow: 2, deny: 0, unavailable: 1 });
  assert.equal(status.answers.sources.memory, 1);
  assert.equal(status.answers.saved, 1);
  assert.deepEqual(status.upstreamCalls, { asked: 2, failed: 1 });
});

void test("metrics are text that counts decisions, upstream calls and requests by route", async (t) => {
  const { post, get } = await stand(t);
  await post(ask, alice);
  await post(ask, alice);
  await get("/no/such/route");
  const reply = await get("/metrics");
  assert.match(String(reply.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
  const count = (line: string) =>
    Number(
      reply.body
        .split("\n")
        .find((one) => one.startsWith(line))
        ?.split(" ")
        .at(-1),
    );
  const labels = (source: string) =>
    `decision="allow",source="${source}",age="fresh",reason="upstream"`;
  assert.equal(count(`holdfast_decisions_total{${labels("upstream")}}`), 1);
  assert.equal(count(`holdfast_decisions_total{${labels("memory")}}`), 1);
  assert.equal(count('holdfast_upstream_calls_total{outcome="verdict"}'), 1);
  assert.equal(count("holdfast_upstream_calls_saved_total"), 1);
  assert.equal(count("holdfast_upstream_up"), 1);
  assert.equal(
    count('holdfast_http_request_seconds_count{route="/v1/decisions/auth",status="200"}'),
    2,
  );
  assert.equal(count('holdfast_http_request_seconds_count{route="none",status="404"}'), 1);
});

void test("a request id is taken over where it is harmless, else made", async (t) => {
  const { get } = await stand(t);
  const id = async (given: string) =>
    String((await get("/healthz", { "x-request-id": given })).headers["x-request-id"]);
  assert.equal(await id("abc-1.2_3"), "abc-1.2_3");
  for (const given of ['a"b', "x".repeat(65), "a b"])
    assert.match(await id(given), /^[0-9a-f-]{36}$/);
});

void test("neither secret nor token is ever logged", async (t) => {
  const { post, log } = await stand(t);
  await post(ask, { user: "alice", secret: "s3cret-0" });
  await post(ask, '{"secret":"s3cret-0",');
  await post(ask, { user: "\u0001", secret: "s3cret-0" });
  assert.ok(log.length > 0);
  assert.doesNotMatch(log.join(""), /s3cret-0|t0ken/);
});
