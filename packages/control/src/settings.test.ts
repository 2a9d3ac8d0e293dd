import assert from "node:assert/strict";
import { test } from "node:test";
import { ControlError } from "./control-error.js";
import { type ControlSettings, resolveSettings } from "./settings.js";

const upstreamUrl = "http://127.0.0.1:9/";

void test("everything but the upstream has a default, on loopback and without Redis", () => {
  const settings = resolveSettings({ upstreamUrl });
  assert.equal(settings.host, "127.0.0.1");
  assert.equal(settings.redisUrl, null);
  assert.equal(settings.realm, "default");
});

const wrong: readonly [string, Partial<ControlSettings>, RegExp][] = [
  ["a port beyond the last", { port: 65_536 }, /setting port: it is 65536/],
  ["a realm with a slash", { realm: "a/b" }, /setting realm: it is "a\/b"/],
  ["a negative TTL", { ttlMs: -1 }, /setting ttlMs: it is -1/],
];

for (const [what, change, message] of wrong) {
  void test(`${what} is refused with path, value and what is allowed`, () => {
    assert.throws(
      () => resolveSettings({ upstreamUrl, ...change }),
      (error) => error instanceof ControlError && message.test(error.message),
    );
  });
}
