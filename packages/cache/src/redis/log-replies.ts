import type {
  Generation,
  LogEntry,
  MemberRecord,
  PublishReply,
  TailReply,
} from "../log/shared-store.js";
import { SharedStoreError } from "../log/shared-store-error.js";
import { asInteger, asList, asRecords, asText, asTextOrNull } from "./script-reply.js";

/** Reads the output of the tail script. */
export function readTailReply(reply: unknown): TailReply {
  const [timeMs, identity, evicts, gen, seq, token, operation, entries, members] = asList(reply);
  const founding = gen === null ? null : readGeneration(gen);
  return {
    timeMs: asInteger(timeMs),
    identity: asTextOrNull(identity),
    evicts: asInteger(evicts) === 1,
    generation: founding?.generation ?? null,
    foundedAtMs: founding?.foundedAtMs ?? 0,
    seq: asInteger(seq),
    tokenAtCursor: asTextOrNull(token),
    ownOperation: asInteger(operation),
    entries: asRecords(entries, 3).map(readEntry),
    members: asRecords(members, 6).map(readMember).sort(byId),
  };
}

/** Reads the output of the publish script. */
export function readPublishReply(reply: unknown): PublishReply {
  const [word, seqBefore, ...places] = asList(reply);
  switch (word) {
    case "another-generation":
      return { t: "another-generation" };
    case "published":
    case "catch-up":
      return { t: word, seqBefore: asInteger(seqBefore), seqs: places.map(asInteger) };
    default:
      throw new SharedStoreError("refused", "Cannot understand Redis: it answered no known word");
  }
}

function readGeneration(reply: unknown): { generation: Generation; foundedAtMs: number } {
  const [ordinal, id, identity, foundedAtMs] = asList(reply);
  return {
    generation: { ordinal: asInteger(ordinal), id: asText(id), identity: asText(identity) },
    foundedAtMs: asInteger(foundedAtMs),
  };
}

function readEntry([member, seq, value]: readonly unknown[]): LogEntry {
  const text = asText(value);
  const end = text.indexOf("\n");
  return {
    member: asText(member),
    seq: asInteger(seq),
    token: text.slice(0, end),
    row: text.slice(end + 1),
  };
}

function readMember(record: readonly unknown[]): MemberRecord {
  const [id, generation, cursor, said, operation, leaseLeftMs] = record;
  return {
    id: asText(id),
    generation: asText(generation),
    cursor: asInteger(cursor),
    said: said === "1",
    operation: asInteger(operation),
    leaseLeftMs: asInteger(leaseLeftMs),
  };
}

function byId(one: MemberRecord, other: MemberRecord): number {
  return one.id < other.id ? -1 : 1;
}
