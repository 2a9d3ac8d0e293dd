import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeGeneration, type OwnNumbers, type Standing } from "./generation.js";
import type { TailReply } from "./shared-store.js";

const here = { ordinal: 3, id: "g3", identity: "server-1" };
const elsewhere = "the generation was made on another server";

const standing: Standing = {
  generation: here,
  cursor: 10,
  token: "t10",
  highestOrdinal: 3,
  ownOperation: 7,
};
const newcomer: Standing = {
  generation: null,
  cursor: 0,
  token: null,
  highestOrdinal: 0,
  ownOperation: 0,
};
const own: OwnNumbers = { from: 5, unused: false };
const reply: TailReply = {
  timeMs: 1_000,
  identity: "server-1",
  evicts: false,
  generation: here,
  foundedAtMs: 0,
  seq: 10,
  tokenAtCursor: "t10",
  ownOperation: 7,
  entries: [],
  members: [],
};

interface Case {
  readonly name: string;
  readonly standing?: Partial<Standing>;
  readonly own?: Partial<OwnNumbers>;
  readonly reply?: Partial<TailReply>;
  /** Why a new generation is needed. */
  readonly because?: string;
}

const sameLog: readonly Case[] = [
  { name: "nothing new" },
  { name: "entries past the cursor", reply: { seq: 400 } },
  { name: "an own operation that no reply told of", reply: { ownOperation: 8 } },
  { name: "an entry at the cursor that was compacted away", reply: { tokenAtCursor: null } },
  { name: "a cursor at which there never was an entry", standing: { token: null } },
  {
    name: "an empty log from its start",
    standing: { cursor: 0, token: null, ownOperation: 0 },
    reply: { seq: 0, tokenAtCursor: null, ownOperation: 0 },
  },
  {
    name: "a server that withholds its identity, and did at the founding",
    standing: { generation: { ...here, identity: "" } },
    reply: { identity: null, generation: { ...here, identity: "" } },
  },
  {
    name: "an own operation of this run, published before the reply",
    own: { from: 6, unused: false },
  },
  { name: "the last own operation of the run before", own: { from: 7, unused: true } },
];

const lostLog: readonly Case[] = [
  {
    name: "no generation at all",
    reply: { generation: null },
    because: "the store holds no generation",
  },
  {
    name: "no generation, to a newcomer",
    standing: newcomer,
    reply: { generation: null, identity: null },
    because: "the store holds no generation",
  },
  {
    name: "a server that was restarted",
    reply: { identity: "server-2" },
    because: elsewhere,
  },
  {
    name: "a newer generation that came with a copy of another server's data",
    reply: { generation: { ...here, ordinal: 4, id: "g4" }, identity: "server-2" },
    because: elsewhere,
  },
  {
    name: "a server that withholds its identity now",
    reply: { identity: null },
    because: elsewhere,
  },
  {
    name: "a server that withheld its identity at the founding",
    reply: { generation: { ...here, identity: "" } },
    because: elsewhere,
  },
  {
    name: "an own operation that the disk does not know, before this run published any",
    own: { from: 6, unused: true },
    because: "the log holds operations that the disk forgot",
  },
  {
    name: "an own operation that the disk does not know, in a newer generation",
    own: { from: 6, unused: true },
    reply: { generation: { ...here, ordinal: 4, id: "g4" } },
    because: "the log holds operations that the disk forgot",
  },
  {
    name: "another generation of the same ordinal",
    reply: { generation: { ...here, id: "other" } },
    because: "the generation is no newer than one known before",
  },
  {
    name: "an older generation",
    reply: { generation: { ...here, ordinal: 2, id: "g2" } },
    because: "the generation is no newer than one known before",
  },
  {
    name: "a generation newer than the one that is read, and no newer than one heard of",
    standing: { highestOrdinal: 5 },
    reply: { generation: { ...here, ordinal: 5, id: "g5" } },
    because: "the generation is no newer than one known before",
  },
  {
    name: "a log that ends one before the cursor",
    reply: { seq: 9, tokenAtCursor: null },
    because: "the log is shorter than it was",
  },
  {
    name: "another entry at the cursor",
    reply: { tokenAtCursor: "t10-again" },
    because: "the log holds another entry at the cursor",
  },
  {
    name: "a log that grew again without an own operation that it held",
    reply: { seq: 12, tokenAtCursor: null, ownOperation: 6 },
    because: "the log has lost an own operation",
  },
];

function judge(one: Case) {
  return judgeGeneration(
    { ...standing, ...one.standing },
    { ...own, ...one.own },
    { ...reply, ...one.reply },
  );
}

for (const one of sameLog) {
  void test(`the log goes on: ${one.name}`, () => {
    assert.deepEqual(judge(one), { t: "same" });
  });
}

for (const one of lostLog) {
  void test(`a new generation is needed: ${one.name}`, () => {
    assert.deepEqual(judge(one), { t: "found", because: one.because });
  });
}

void test("a generation above every one heard of is adopted, whatever the place in the old one", () => {
  const next = { ordinal: 4, id: "g4", identity: "server-1" };
  const emptied = { generation: next, seq: 0, tokenAtCursor: null, ownOperation: 0 };
  assert.deepEqual(judge({ name: "", reply: emptied }), { t: "adopt", generation: next });
});

void test("a newcomer adopts the first generation it meets", () => {
  const first = { name: "", standing: newcomer, own: { from: 0, unused: true } };
  assert.deepEqual(judge({ ...first, reply: { ownOperation: 0 } }), {
    t: "adopt",
    generation: here,
  });
});
