import type { PublishOperation, PublishReply, PublishRequest } from "../log/shared-store.js";
import { type ModelState, operationOf, tokenAt } from "./model-state.js";

/** What publishing needs of the server around the state. */
export interface PublishGround {
  readonly identity: string;
  readonly nowMs: number;
  /** Called before the first write of a call; throws where the server takes none. */
  readonly beforeWrite: () => void;
}

/**
 * The rules of publication. A line that ends in a `rule:` comment is that rule, whole: without the
 * line the code still runs and the rule is gone, and the simulation must then fail.
 */
export function publishTo(
  state: ModelState,
  request: PublishRequest,
  ground: PublishGround,
): PublishReply {
  if (!isSameLog(state, request, ground.identity)) return { t: "another-generation" };
  const call: Call = {
    request,
    seqBefore: state.seq,
    unread: [...state.log.values()].some(
      (row) => row.seq > request.cursor && !isOwn(row.token, request.memberId),
    ),
    written: new Set(),
  };
  const seqs: number[] = [];
  for (const operation of request.operations) {
    const seq = placeFor(state, call, operation, ground);
    if (seq === null) return { t: "catch-up", seqBefore: call.seqBefore, seqs };
    seqs.push(seq);
  }
  return { t: "published", seqBefore: call.seqBefore, seqs };
}

interface Call {
  readonly request: PublishRequest;
  readonly seqBefore: number;
  /** Whether somebody else's entry stood past the cursor when the call began. */
  readonly unread: boolean;
  readonly written: Set<string>;
}

function isSameLog(state: ModelState, request: PublishRequest, identity: string): boolean {
  const { generation } = state;
  if (generation?.id !== request.generation || state.seq < request.cursor) return false;
  const token = tokenAt(state, request.cursor) ?? request.tokenAtCursor;
  const operation = operationOf(state, request.memberId, request.generation);
  if (generation.identity !== identity) return false; // rule: identity-in-publish
  // A server without a readable identity shows by these alone that it has forgotten something.
  return token === request.tokenAtCursor && operation >= request.ownOperation;
}

/** Appends the operation and answers its seq; 0 where it was there already, null where the publisher has to read first. */
function placeFor(
  state: ModelState,
  call: Call,
  operation: PublishOperation,
  ground: PublishGround,
): number | null {
  const { memberId, generation } = call.request;
  const last = operationOf(state, memberId, generation);
  const unread = call.unread;
  const rowUnread = isRowUnread(state, call, operation.member);
  if (operation.operation > 0 && operation.operation <= last) return 0; // rule: operation-dedupe
  if (operation.barrier && unread) return null; // rule: barrier-catch-up
  if (!operation.barrier && rowUnread) return null; // rule: catch-up-first
  ground.beforeWrite();
  append(state, operation);
  call.written.add(operation.member);
  if (operation.operation > last) recordOperation(state, call.request, operation, ground.nowMs);
  return state.seq;
}

function isRowUnread(state: ModelState, call: Call, member: string): boolean {
  const row = state.log.get(member);
  if (row === undefined || row.seq <= call.request.cursor) return false;
  return !call.written.has(member) && !isOwn(row.token, call.request.memberId);
}

function isOwn(token: string, memberId: string): boolean {
  return token.startsWith(`${memberId}.`);
}

function append(state: ModelState, operation: PublishOperation): void {
  state.seq += 1;
  state.log.set(operation.member, {
    seq: state.seq,
    token: operation.token,
    row: operation.row,
  });
}

/** A member without a record of this generation gets one that claims nothing and whose lease is over. */
function recordOperation(
  state: ModelState,
  request: PublishRequest,
  operation: PublishOperation,
  nowMs: number,
): void {
  const record = state.members.get(request.memberId);
  const speaks = record?.generation === request.generation;
  state.members.set(request.memberId, {
    generation: request.generation,
    cursor: speaks ? record.cursor : 0,
    said: speaks ? record.said : false,
    operation: operation.operation,
    leaseUntilMs: record?.leaseUntilMs ?? nowMs,
  });
}
