import assert from "node:assert/strict";
import { test } from "node:test";
import { CacheError } from "./cache-error.js";
import { type CacheOptions, resolveOptions } from "./options.js";

const day = 86_400_000;
const key32 = new Uint8Array(32);

/** Options as a JavaScript caller may give them. */
function resolve(options: Readonly<Record<string, unknown>>): void {
  const given: CacheOptions = { directory: "d" };
  resolveOptions(Object.assign(given, options));
}

function faultOf(options: Readonly<Record<string, unknown>>): string {
  try {
    resolve(options);
  } catch (error) {
    assert.ok(error instanceof CacheError, String(error));
    assert.equal(error.code, "invalid-option");
    assert.ok(error.argument !== undefined);
    return error.message;
  }
  return "";
}

void test("a directory is enough, and the rest has its defaults", () => {
  const options = resolveOptions({ directory: "d" });
  assert.equal(options.redis, null);
  assert.equal(options.order, "local-first");
  assert.equal(options.memoryMaxBytes, 67_108_864);
  assert.equal(options.currencyMs, 2_000);
  assert.equal(options.horizonMs, 8 * day);
  assert.equal(options.whenUnverified("auth:a"), "serve");
  assert.equal(options.copyOnRead("auth:a"), false);
  assert.equal(options.policyFor("auth:a", undefined).graceMs, day);
  assert.deepEqual(options.namespaces, {});
});

void test("a namespace holds for the keys that begin with its name and a colon, and * for all others", () => {
  const options = resolveOptions({
    directory: "d",
    namespaces: {
      auth: { maxAgeMs: 3_600_000, whenUnverified: { denyAfterMs: 900_000 }, copyOnRead: true },
      net: { maxAgeMs: 45 * day },
      "*": { whenUnverified: "deny", fetch: { ttlMs: 5 } },
    },
  });
  for (let round = 0; round < 2; round += 1) {
    assert.deepEqual(options.whenUnverified("auth:alice"), { denyAfterMs: 900_000 });
    assert.equal(options.maxAgeMs("net:a:b"), 45 * day);
    assert.equal(options.whenUnverified("net:a"), "serve");
    for (const other of ["auth", "authx:a", "AUTH:a", ":auth:", "alice", "*:a", "__proto__:a"]) {
      assert.deepEqual(options.whenUnverified("auth:alice"), { denyAfterMs: 900_000 });
      assert.equal(options.whenUnverified(other), "deny", other);
      assert.equal(options.policyFor(other, undefined).ttlMs, 5, other);
    }
  }
  assert.equal(options.horizonMs, 45 * day);
  assert.deepEqual(Object.keys(options.namespaces), ["auth", "net"]);
});

void test("options that were resolved do not change with the ones that were given", () => {
  const fetch = { ttlMs: 10 };
  const auth = { copyOnRead: false, fetch };
  const fleetKey = new Uint8Array(32);
  const options = resolveOptions({ directory: "d", namespaces: { auth }, fleetKeys: [fleetKey] });
  auth.copyOnRead = true;
  fetch.ttlMs = 20;
  fleetKey[0] = 1;
  assert.equal(options.copyOnRead("auth:a"), false);
  assert.equal(options.policyFor("auth:a", undefined).ttlMs, 10);
  assert.deepEqual(options.fleetKeys, [new Uint8Array(32)]);
});

void test("what an option cannot be is refused with what it can be", () => {
  const rows: readonly [Readonly<Record<string, unknown>>, string][] = [
    [{ directory: "" }, 'Cannot use directory "": it should be a string that is not empty'],
    [{ directory: 7 }, "Cannot use directory 7: it should be a string that is not empty"],
    [
      { memoryMaxByte: 1 },
      'Cannot use options: there is no field "memoryMaxByte", the nearest is "memoryMaxBytes"',
    ],
    [
      { maxNegatives: 1.5 },
      "Cannot use maxNegatives 1.5: it should be a whole number from 1 to 1000000",
    ],
    [{ maxRows: 99 }, "Cannot use maxRows 99: it should be a number from 100 to 10000000"],
    [
      { currencyMs: Number.NaN },
      "Cannot use currencyMs NaN: it should be a number from 500 to 60000",
    ],
    [
      { currencyMs: "2000" },
      'Cannot use currencyMs "2000": it should be a number from 500 to 60000',
    ],
    [
      { warmStartPerSecond: 0 },
      "Cannot use warmStartPerSecond 0: it should be a number from 0.1 to 100000",
    ],
    [
      { order: "redis" },
      'Cannot use order "redis": it should be one of "local-first", "redis-first"',
    ],
    [{ redis: 7 }, "Cannot use redis 7: it should be a URL or an object"],
    [{ redis: "" }, 'Cannot use redis "": it should be a URL or an object'],
    [{ seal: "yes" }, 'Cannot use seal "yes": it should be true or false'],
    [{ seal: true }, "Cannot use fleetKeys.length 0: it should be a number from 1 to 2"],
    [
      { fleetKeys: [key32, key32, key32] },
      "Cannot use fleetKeys.length 3: it should be a number from 0 to 2",
    ],
    [
      { fleetKeys: [new Uint8Array(31)] },
      "Cannot use fleetKeys[0].length 31: it should be a number from 32 to 1024",
    ],
    [{ fleetKeys: ["s".repeat(32)] }, 'Cannot use fleetKeys[0] "string": it should be bytes'],
    [{ onEvent: "log" }, 'Cannot use onEvent "log": it should be a function'],
    [{ random: 4 }, "Cannot use random 4: it should be a function"],
    [
      { clock: { wallMs: Date.now } },
      "Cannot use clock.monotonicMs undefined: it should be a function",
    ],
    [{ namespaces: [] }, "Cannot use namespaces an array of 0: it should be an object"],
    [
      { namespaces: { "auth:": {} } },
      'Cannot use namespaces "auth:": it contains a colon, which ends the name',
    ],
    [{ namespaces: { "": {} } }, 'Cannot use namespaces "": it is empty'],
    [{ namespaces: { auth: null } }, "Cannot use namespaces.auth null: it should be an object"],
    [
      { namespaces: { auth: { maxAge: 1 } } },
      'Cannot use namespaces.auth: there is no field "maxAge", the nearest is "maxAgeMs"',
    ],
    [
      { namespaces: { auth: { maxAgeMs: 46 * day } } },
      "Cannot use namespaces.auth.maxAgeMs 3974400000: it should be a number from 1000 to 3888000000",
    ],
    [
      { namespaces: { auth: { whenUnverified: "no" } } },
      'Cannot use namespaces.auth.whenUnverified "no": it should be one of "serve", "deny"',
    ],
    [
      { namespaces: { auth: { whenUnverified: null } } },
      'Cannot use namespaces.auth.whenUnverified null: it should be one of "serve", "deny"',
    ],
    [
      { namespaces: { auth: { whenUnverified: { denyAfterMs: -1 } } } },
      "Cannot use namespaces.auth.whenUnverified.denyAfterMs -1: it should be a number from 0 to 3888000000",
    ],
    [
      { namespaces: { auth: { copyOnRead: 1 } } },
      "Cannot use namespaces.auth.copyOnRead 1: it should be true or false",
    ],
    [
      { namespaces: { auth: { fetch: { jitter: 0.6 } } } },
      "Cannot use namespaces.auth.fetch.jitter 0.6: it should be a number from 0 to 0.5",
    ],
  ];
  for (const [options, message] of rows) assert.equal(faultOf(options), message);
});

void test("neither a password nor a key is quoted", () => {
  for (const redis of [["redis://u:hunter2@h"], 7])
    assert.doesNotMatch(faultOf({ redis }), /hunter2/);
  assert.doesNotMatch(faultOf({ fleetKeys: "hunter2" }), /hunter2/);
});
