import type {
  FoundReply,
  FoundRequest,
  LogEntry,
  LogPlace,
  MemberRecord,
  PublishReply,
  PublishRequest,
  TailReply,
  TailRequest,
} from "../log/shared-store.js";
import { SharedStoreError } from "../log/shared-store-error.js";
import { publishTo } from "./model-publish.js";
import {
  copyState,
  emptyState,
  type ModelCopy,
  type ModelState,
  operationOf,
  tokenAt,
} from "./model-state.js";

/** How long a member whose lease ran out stays on record. */
const forgottenAfterMs = 86_400_000;

export interface RedisModelOptions {
  /** The server's wall clock. */
  readonly nowMs: () => number;
}

/** A saved state, as an RDB file is one. */
export interface ModelSnapshot {
  readonly state: ModelState;
  readonly history: number;
}

/** Numbers for run ids and replication histories, shared by a server and its clones. */
interface Numbers {
  next: number;
}

/**
 * A shared store in memory, with the semantics of the Redis scripts and none of their time: every
 * call takes effect at once. Links to it decide what arrives; here is only what a server does.
 */
export class RedisModel {
  /** As under an `allkeys-*` policy. Nothing is evicted by itself. */
  evicts = false;
  /** As when full, read-only or misconfigured: reads are answered, writes refused. */
  refusesWrites = false;
  /** Replicas that hold everything. */
  replicas = 0;
  readonly #nowMs: () => number;
  readonly #numbers: Numbers;
  readonly #listeners = new Set<(memberId: string) => void>();
  #state: ModelState;
  #runId: number;
  #history: number;
  #identityHidden = false;

  constructor(options: RedisModelOptions, origin?: { state: ModelState; numbers: Numbers }) {
    this.#nowMs = options.nowMs;
    this.#numbers = origin?.numbers ?? { next: 1 };
    this.#state = origin?.state ?? emptyState();
    this.#runId = this.#number();
    this.#history = this.#number();
  }

  /** Null where it is hidden. */
  get identity(): string | null {
    return this.#identityHidden ? null : `run${this.#runId}:history${this.#history}`;
  }

  tail(request: TailRequest): TailReply {
    const timeMs = this.#nowMs();
    const { generation } = this.#state;
    const shared = { timeMs, identity: this.identity, evicts: this.evicts };
    if (generation === null) return { ...shared, ...nothing };
    const isCurrent = request.generation === generation.id;
    const ownOperation = operationOf(this.#state, request.memberId, generation.id);
    if (isCurrent && generation.identity === (this.identity ?? "")) this.#heartbeat(request);
    const { foundedAtMs, ...named } = generation;
    return {
      ...shared,
      generation: named,
      foundedAtMs,
      seq: this.#state.seq,
      tokenAtCursor: isCurrent ? (tokenAt(this.#state, request.cursor) ?? null) : null,
      ownOperation,
      entries: isCurrent ? this.#entriesPast(request.cursor, request.limit) : [],
      members: this.#members(timeMs),
    };
  }

  publish(request: PublishRequest): PublishReply {
    const seqBefore = this.#state.seq;
    const reply = publishTo(this.#state, request, {
      identity: this.identity ?? "",
      nowMs: this.#nowMs(),
      beforeWrite: () => this.#beforeWrite(),
    });
    if (this.#state.seq > seqBefore) this.#wake(request.memberId);
    return reply;
  }

  found(request: FoundRequest, memberId = ""): FoundReply {
    if ((this.#state.generation?.id ?? null) !== request.expected) return { founded: false };
    this.#beforeWrite();
    this.#state.generation = {
      ordinal: request.ordinal,
      id: request.id,
      identity: this.identity ?? "",
      foundedAtMs: this.#nowMs(),
    };
    this.#state.seq = 0;
    this.#state.log.clear();
    this.#wake(memberId);
    return { founded: true };
  }

  forget(generation: string, entries: readonly LogPlace[]): void {
    if (this.#state.generation?.id !== generation) return;
    for (const { member, seq } of entries) {
      if (this.#state.log.get(member)?.seq !== seq) continue;
      this.#beforeWrite();
      this.#state.log.delete(member);
    }
  }

  leave(memberId: string): void {
    this.#beforeWrite();
    this.#state.members.delete(memberId);
  }

  readCopy(generation: string, key: string): Uint8Array | undefined {
    const copy = this.#state.copies.get(copyKey(generation, key));
    return copy === undefined || copy.expiresAtMs <= this.#nowMs() ? undefined : copy.bytes.slice();
  }

  writeCopy(generation: string, key: string, bytes: Uint8Array, ttlMs: number): void {
    this.#beforeWrite();
    const copy: ModelCopy = { bytes: bytes.slice(), expiresAtMs: this.#nowMs() + ttlMs };
    this.#state.copies.set(copyKey(generation, key), copy);
  }

  dropCopy(generation: string, key: string): void {
    this.#beforeWrite();
    this.#state.copies.delete(copyKey(generation, key));
  }

  /** Calls back with the writer's member id on every publication and foundation; returns what ends that. */
  onWake(listener: (memberId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Killed and restarted without its data. */
  restartEmpty(): void {
    this.#state = emptyState();
    this.#runId = this.#number();
    this.#history = this.#number();
  }

  /** Everything deleted by a client, the server the same. */
  flush(): void {
    this.#state = emptyState();
  }

  snapshot(): ModelSnapshot {
    return { state: copyState(this.#state), history: this.#history };
  }

  /** Restarted from a file: the same replication history, another run. */
  restore(snapshot: ModelSnapshot): void {
    this.#state = copyState(snapshot.state);
    this.#runId = this.#number();
    this.#history = snapshot.history;
  }

  /** A replica that has everything takes this server's place. */
  promote(): void {
    this.#runId = this.#number();
    this.#history = this.#number();
  }

  /** A replica that has everything becomes a master of its own beside this one. */
  clone(): RedisModel {
    const origin = { state: copyState(this.#state), numbers: this.#numbers };
    const twin = new RedisModel({ nowMs: this.#nowMs }, origin);
    twin.evicts = this.evicts;
    twin.setIdentityHidden(this.#identityHidden);
    return twin;
  }

  /** As where a hosted server withholds INFO. */
  setIdentityHidden(hidden: boolean): void {
    this.#identityHidden = hidden;
  }

  #number(): number {
    this.#numbers.next += 1;
    return this.#numbers.next;
  }

  #beforeWrite(): void {
    if (this.refusesWrites) {
      throw new SharedStoreError("refused", "Cannot write to the shared store: it takes no writes");
    }
  }

  #heartbeat(request: TailRequest): void {
    this.#beforeWrite();
    const nowMs = this.#nowMs();
    const generation = request.generation ?? "";
    const { members } = this.#state;
    members.set(request.memberId, {
      generation,
      cursor: request.cursor,
      said: request.said,
      operation: operationOf(this.#state, request.memberId, generation),
      leaseUntilMs: nowMs + request.leaseMs,
    });
    for (const [id, member] of members) {
      if (nowMs - member.leaseUntilMs > forgottenAfterMs) members.delete(id);
    }
  }

  #entriesPast(cursor: number, limit: number): LogEntry[] {
    return [...this.#state.log]
      .filter(([, row]) => row.seq > cursor)
      .sort(([, one], [, other]) => one.seq - other.seq)
      .slice(0, limit)
      .map(([member, row]) => ({ member, ...row }));
  }

  #members(nowMs: number): MemberRecord[] {
    return [...this.#state.members]
      .map(([id, { leaseUntilMs, ...record }]) => ({
        id,
        ...record,
        leaseLeftMs: leaseUntilMs - nowMs,
      }))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  #wake(memberId: string): void {
    for (const listener of this.#listeners) listener(memberId);
  }
}

const nothing: Omit<TailReply, "timeMs" | "identity" | "evicts"> = {
  generation: null,
  foundedAtMs: 0,
  seq: 0,
  tokenAtCursor: null,
  ownOperation: 0,
  entries: [],
  members: [],
};

function copyKey(generation: string, key: string): string {
  return `${generation}:${key}`; // rule: copies-by-generation
}
