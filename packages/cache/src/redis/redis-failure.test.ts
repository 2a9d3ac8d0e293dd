import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf } from "./redis-failure.js";

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: "ReplyError", command: { args: ["secret"] } });
}

const refusals = [
  "LOADING Redis is loading the dataset in memory",
  "READONLY You can't write against a read only replica.",
  "OOM command not allowed when used memory > 'maxmemory'.",
  "MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk.",
  "NOREPLICAS Not enough good replicas to write.",
  "NOAUTH Authentication required.",
  "NOPERM this user has no permissions to run the 'eval' command",
  "CLUSTERDOWN The cluster is down",
  "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
];

for (const message of refusals) {
  void test(`${message.split(" ")[0]} is a refusal in the server's words`, () => {
    assert.deepEqual(failureOf(replyError(message)), { code: "refused", reason: message });
  });
}

void test("an error of a command inside a script is told without the script", () => {
  const six =
    "ERR Error running script (call to f_5a8bb): @user_script:12: -OOM command not allowed when used memory > 'maxmemory'.";
  const seven = `OOM command not allowed when used memory > 'maxmemory'. script: ${"a".repeat(40)}, on @user_script:12.`;
  for (const message of [six, seven]) {
    assert.equal(
      failureOf(replyError(message)).reason,
      "OOM command not allowed when used memory > 'maxmemory'.",
    );
  }
});

void test("arguments that a server quotes are left out, and long words are cut", () => {
  const unknown = "ERR unknown command 'EVALSHA', with args beginning with: 'secret' 'secret' ";
  assert.equal(failureOf(replyError(unknown)).reason, "ERR unknown command 'EVALSHA'");
  assert.equal(failureOf(replyError("x".repeat(500))).reason.length, 161);
});

void test("the rest is a timeout or a broken link", () => {
  assert.equal(failureOf(new Error("Command timed out")).code, "timeout");
  assert.equal(failureOf(new Error("connect ETIMEDOUT")).code, "timeout");
  assert.deepEqual(failureOf(new Error("connect ECONNREFUSED 127.0.0.1:6379")), {
    code: "unreachable",
    reason: "connect ECONNREFUSED 127.0.0.1:6379",
  });
  const everyAddress = Object.assign(new AggregateError([], ""), { code: "ECONNREFUSED" });
  assert.deepEqual(failureOf(everyAddress), { code: "unreachable", reason: "ECONNREFUSED" });
  assert.equal(failureOf(new Error("Connection is closed.")).reason, "the connection closed");
  assert.equal(failureOf("odd").code, "unreachable");
});
