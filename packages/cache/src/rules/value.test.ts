import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CacheError } from "../cache-error.js";
import { decodeText, decodeValue, encodePlainJson, encodeText, encodeValue } from "./value.js";

function roundTrip(value: unknown): unknown {
  const decoded = decodeValue(encodeValue(value));
  assert.equal(decoded.t, "value");
  assert.deepEqual(decodeText(encodeText(value)), decoded);
  return decoded.t === "value" ? decoded.value : undefined;
}

function faultOf(value: unknown, maxBytes?: number): string {
  try {
    encodeText(value, maxBytes);
  } catch (error) {
    assert.ok(error instanceof CacheError, String(error));
    assert.equal(error.code, "invalid-value");
    assert.equal(error.argument, "value");
    return error.message;
  }
  return "";
}

void test("what JSON can hold is carried as it is, behind one character", () => {
  const value = { user: "alice", n: 1.5, ok: true, none: null, list: [1, "é😀", {}], "": 0 };
  assert.equal(encodeText(value), `J${JSON.stringify(value)}`);
  for (const plain of [value, "", "x", 0, -1e300, false, [], {}, [[null]]]) {
    assert.deepEqual(roundTrip(plain), plain);
  }
});

void test("dates, big integers, maps, sets, bytes and -0 come back as what they were", () => {
  const value = {
    date: new Date(1_700_000_000_123),
    big: 123456789012345678901234567890n,
    map: new Map<unknown, unknown>([
      ["a", new Set([1, "two"])],
      [{ k: 1 }, null],
    ]),
    bytes: new Uint8Array([0, 1, 255]),
    buffer: Buffer.from("secret"),
    part: new Uint8Array(new ArrayBuffer(8), 2, 3),
    zero: -0,
  };
  assert.deepEqual(roundTrip(value), value);
  assert.deepEqual(roundTrip(new Date(0)), new Date(0));
  assert.deepEqual(roundTrip(-0), -0);
});

void test("objects that look like a tag, and odd property names, are carried as they are", () => {
  const parsed: unknown = JSON.parse(
    '{"__proto__":{"polluted":true},"constructor":1,"$date":5,"$$x":{"$map":[]}}',
  );
  assert.deepEqual(roundTrip(parsed), parsed);
  const mixed = { inner: parsed, when: new Date(1), $bytes: "AA==", only: { $set: [1n] } };
  const back = roundTrip(mixed);
  assert.deepEqual(back, mixed);
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.equal(Object.hasOwn({}, "polluted") || "polluted" in {}, false);
});

class Account {
  readonly name = "x";
}

void test("what cannot be carried is refused with the place where it is", () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = { back: [cyclic] };
  const rows: readonly [unknown, string][] = [
    [undefined, "Cannot carry value: it is undefined"],
    [
      null,
      "Cannot carry value: it is null, which only a loader may answer; to remove the key, delete it",
    ],
    [{ a: { b: undefined } }, "Cannot carry value.a.b: it is undefined"],
    [[1, undefined], "Cannot carry value[1]: it is undefined"],
    [Array.from({ length: 2, 0: 1 }), "Cannot carry value[1]: it is undefined"],
    [() => 1, "Cannot carry value: it is a function"],
    [{ "odd key": [Symbol("s")] }, 'Cannot carry value["odd key"][0]: it is a symbol'],
    [{ [Symbol("s")]: 1 }, "Cannot carry value: it has a property named by a symbol"],
    [{ n: Number.NaN }, "Cannot carry value.n: it is NaN"],
    [[Number.NEGATIVE_INFINITY], "Cannot carry value[0]: it is -Infinity"],
    [{ when: new Date(Number.NaN) }, "Cannot carry value.when: it is an invalid date"],
    [cyclic, "Cannot carry value.self.back[0]: it contains itself"],
    [{ a: new Account() }, "Cannot carry value.a: it is an instance of Account"],
    [/x/, "Cannot carry value: it is an instance of RegExp"],
    [new Error("x"), "Cannot carry value: it is an instance of Error"],
    [Promise.resolve(1), "Cannot carry value: it is an instance of Promise"],
    [new Float64Array(1), "Cannot carry value: it is an instance of Float64Array"],
    [new (class extends Map {})(), "Cannot carry value: it is an instance of an unnamed class"],
    [{ toJSON: () => 1 }, "Cannot carry value.toJSON: it is a function"],
    [new Map([["k", undefined]]), 'Cannot carry value.get("k"): it is undefined'],
    [new Map([[undefined, 1]]), "Cannot carry value.key(0): it is undefined"],
    [new Set([1, new Set([Number.NaN])]), "Cannot carry value[1][0]: it is NaN"],
  ];
  for (const [value, message] of rows) assert.equal(faultOf(value), message);
});

void test("a part that is there twice is no cycle", () => {
  const shared = { day: new Date(1) };
  assert.deepEqual(roundTrip({ a: shared, b: [shared] }), { a: shared, b: [shared] });
});

void test("a value is bounded in bytes, plain or tagged", () => {
  assert.equal(faultOf("x".repeat(7), 10), "");
  assert.equal(faultOf("x".repeat(8), 10), "Cannot carry value: it is longer than 10 bytes");
  assert.equal(faultOf("é".repeat(4), 10), "Cannot carry value: it is longer than 10 bytes");
  assert.equal(faultOf("é".repeat(3), 10), "");
  assert.equal(faultOf("\u0001\u0001", 10), "Cannot carry value: it is longer than 10 bytes");
  assert.match(faultOf("x".repeat(999_998)), /longer than 1000000 bytes/);
  assert.equal(faultOf("x".repeat(999_997)), "");
  assert.match(faultOf(new Uint8Array(750_000)), /longer than 1000000 bytes/);
  assert.equal(faultOf(new Uint8Array(740_000)), "");
});

/** A value of `levels` objects, each twice in the one above, so that its text has 2^levels parts. */
function doubling(levels: number, innermost: unknown): unknown {
  let value = innermost;
  for (let level = 0; level < levels; level += 1) value = { left: value, right: value };
  return value;
}

void test("a value that is small in memory and endless as text is refused without being written out", () => {
  assert.match(faultOf(doubling(200, 1)), /longer than 1000000 bytes/);
  assert.match(faultOf(doubling(200, 1n)), /longer than 1000000 bytes/);
});

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}

void test("nesting is bounded, and nesting beyond it in a text is not a value", () => {
  assert.deepEqual(roundTrip(nested(256)), nested(256));
  assert.match(faultOf(nested(257)), /nested deeper than 256 levels$/);
  assert.match(faultOf(nested(100_000)), /nested deeper than 256 levels$/);
  const text = `J${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  assert.deepEqual(decodeText(text), { t: "undecodable", reason: "it is not whole" });
});

void test("a value that throws while it is read is refused with the reason", () => {
  const cause = new Error("lazy");
  const value = {
    get lazy(): unknown {
      throw cause;
    },
  };
  assert.throws(() => encodeText(value), { code: "invalid-value", cause });
});

void test("what is not a value is told, and never thrown", () => {
  const rows: readonly [string, string][] = [
    ["", "its format is unknown"],
    ['{"a":1}', "its format is unknown"],
    ["X1", "its format is unknown"],
    ["J", "it is not whole"],
    ['J{"a":', "it is not whole"],
    ['T{"$future":1}', "it is not whole"],
    ['T{"$date":"x"}', "it is not whole"],
    ['T{"$date":1e99}', "it is not whole"],
    ['T{"$bigint":"1x"}', "it is not whole"],
    ['T{"$map":[[1]]}', "it is not whole"],
    ['T{"$bytes":"A"}', "it is not whole"],
    ['T{"$bytes":"AA==!"}', "it is not whole"],
  ];
  for (const [text, reason] of rows) {
    assert.deepEqual(decodeText(text), { t: "undecodable", reason }, text);
  }
  const broken = Uint8Array.from([0x4a, 0x22, 0xff, 0x22]);
  assert.deepEqual(decodeValue(broken), { t: "undecodable", reason: "it is not UTF-8" });
});

void test("plain JSON written by others is read as a value", () => {
  assert.equal(encodePlainJson('{ "a": [1] }'), encodeText({ a: [1] }));
  assert.equal(encodePlainJson("{"), null);
  assert.equal(encodePlainJson("null"), null);
});

const values = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, true, false, -0, "", "$date", "\ud800"),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: "binary" }),
    fc.bigInt(),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array(),
    fc.array(tie("any")),
    fc.array(tie("any")).map((items) => new Set(items)),
    fc.array(fc.tuple(tie("any"), tie("any"))).map((pairs) => new Map(pairs)),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("$date", "$$", "$map", "__proto__")),
      tie("any"),
      {
        noNullPrototype: true,
      },
    ),
  ),
})).any;

void test("every value that is carried comes back as it was", () => {
  fc.assert(
    fc.property(values, (value) => {
      if (value === null) return;
      assert.deepEqual(roundTrip(value), value);
    }),
    { numRuns: 1000 },
  );
});

void test("no text makes the decoder throw", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json().map((json) => `T${json}`),
    fc.json().map((json) => `J${json}`),
  );
  fc.assert(fc.property(texts, (text) => ["value", "undecodable"].includes(decodeText(text).t)));
});
