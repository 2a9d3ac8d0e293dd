import assert from "node:assert/strict";
import { test } from "node:test";
import { type CurrencyFacts, unverifiedBecause } from "./currency.js";
import type { MemberRecord } from "./shared-store.js";

const other: MemberRecord = {
  id: "b",
  generation: "g1",
  cursor: 5,
  said: true,
  operation: 0,
  leaseLeftMs: 4_000,
};

/** Everything that R2 asks for, to the millisecond. */
const verified: CurrencyFacts = {
  shared: true,
  nowMs: 10_000,
  currencyMs: 2_000,
  lastReadAtMs: 8_000,
  said: true,
  generationAgeMs: 2_001,
  identityKnown: true,
  evicts: false,
  others: [other],
  generation: "g1",
};

/** What can be wrong, in the order in which it is named: who has not been reached is told that first. */
const faults: readonly { readonly facts: Partial<CurrencyFacts>; readonly because: string }[] = [
  { facts: { lastReadAtMs: null }, because: "Redis has not been reached yet" },
  { facts: { lastReadAtMs: 7_999 }, because: "Redis is not answering" },
  { facts: { identityKnown: false }, because: "Redis withholds its identity (INFO server)" },
  { facts: { evicts: true }, because: "Redis may evict the log (maxmemory-policy allkeys-*)" },
  { facts: { said: false }, because: "what is known here is still being published" },
  { facts: { generationAgeMs: 2_000 }, because: "the generation is too young" },
  {
    facts: { others: [other, { ...other, id: "c", said: false }] },
    because: "member c is still publishing what it knows",
  },
];

void test("answers are verified while everything that it takes is there", () => {
  assert.equal(unverifiedBecause(verified), null);
});

for (const { facts, because } of faults) {
  void test(`answers are not verified where ${because}`, () => {
    assert.equal(unverifiedBecause({ ...verified, ...facts }), because);
  });
}

void test("of several reasons the first is named", () => {
  for (const [index, { because }] of faults.entries()) {
    // A later fault of the same field would hide the one that is looked for.
    const all = faults.slice(index).toReversed();
    const facts = all.reduce<CurrencyFacts>((sum, fault) => ({ ...sum, ...fault.facts }), verified);
    assert.equal(unverifiedBecause(facts), because);
  }
});

void test("an instance alone is verified, whatever else", () => {
  const everything = faults.reduce((sum, { facts }) => ({ ...sum, ...facts }), verified);
  assert.equal(unverifiedBecause({ ...everything, shared: false }), null);
});

const members: readonly {
  readonly name: string;
  readonly record: Partial<MemberRecord>;
  readonly waits: boolean;
}[] = [
  { name: "one that has said so is not waited for", record: {}, waits: false },
  { name: "one that has not said so is waited for", record: { said: false }, waits: true },
  {
    name: "what one said of another generation does not count",
    record: { generation: "g0" },
    waits: true,
  },
  {
    name: "the last millisecond of a lease counts",
    record: { said: false, leaseLeftMs: 1 },
    waits: true,
  },
  {
    name: "a lease that has run out does not",
    record: { said: false, leaseLeftMs: 0 },
    waits: false,
  },
  {
    name: "nor one that ran out long ago in another generation",
    record: { generation: "g0", leaseLeftMs: -9_000 },
    waits: false,
  },
  { name: "how far one has read is no matter of currency", record: { cursor: 0 }, waits: false },
];

for (const { name, record, waits } of members) {
  void test(`of the other members, ${name}`, () => {
    const because = unverifiedBecause({ ...verified, others: [{ ...other, ...record }] });
    assert.equal(because, waits ? "member b is still publishing what it knows" : null);
  });
}
