import assert from "node:assert/strict";
import { test } from "node:test";
import type { MemberRecord } from "../log/shared-store.js";
import { acknowledgedBy } from "./acknowledgements.js";

const place = { generation: "g1", seq: 7 };
const member: MemberRecord = {
  id: "b",
  generation: "g1",
  cursor: 7,
  said: true,
  operation: 0,
  leaseLeftMs: 6_000,
};

const cases: readonly {
  readonly name: string;
  readonly record: Partial<MemberRecord>;
  readonly is: "confirmed" | "expired" | "unconfirmed";
}[] = [
  { name: "a member that has read up to the place", record: {}, is: "confirmed" },
  { name: "one that has read past it", record: { cursor: 8 }, is: "confirmed" },
  { name: "one that is one entry short", record: { cursor: 6 }, is: "unconfirmed" },
  {
    name: "one that is far ahead in another generation",
    record: { generation: "g0", cursor: 900 },
    is: "unconfirmed",
  },
  {
    name: "one that was never in a generation",
    record: { generation: "", cursor: 0 },
    is: "unconfirmed",
  },
  {
    name: "one that has read it and has not published everything it knows",
    record: { said: false },
    is: "confirmed",
  },
  {
    name: "one in the last millisecond of its lease",
    record: { cursor: 6, leaseLeftMs: 1 },
    is: "unconfirmed",
  },
  { name: "one whose lease ends now", record: { cursor: 6, leaseLeftMs: 0 }, is: "expired" },
  {
    name: "one whose lease ended in another generation",
    record: { generation: "g0", leaseLeftMs: -1 },
    is: "expired",
  },
  {
    name: "one that read it before its lease ended",
    record: { leaseLeftMs: -1 },
    is: "confirmed",
  },
];

for (const { name, record, is } of cases) {
  void test(`${name} is ${is}`, () => {
    const nobody = { confirmed: [], expired: [], unconfirmed: [] };
    const said = acknowledgedBy([{ ...member, ...record }], "a", place);
    assert.deepEqual(said, { ...nobody, [is]: ["b"] });
  });
}

void test("who asks has applied it, whatever its own record says", () => {
  const behind = { ...member, id: "a", generation: "g0", cursor: 0, leaseLeftMs: -1 };
  assert.deepEqual(acknowledgedBy([behind], "a", place).confirmed, ["a"]);
});

void test("every member on record is named exactly once", () => {
  const records = [
    { ...member, id: "a" },
    { ...member, id: "b", cursor: 6 },
    { ...member, id: "c", cursor: 6, leaseLeftMs: 0 },
    { ...member, id: "d" },
  ];
  assert.deepEqual(acknowledgedBy(records, "a", place), {
    confirmed: ["a", "d"],
    expired: ["c"],
    unconfirmed: ["b"],
  });
  assert.deepEqual(acknowledgedBy([], "a", place), { confirmed: [], expired: [], unconfirmed: [] });
});
