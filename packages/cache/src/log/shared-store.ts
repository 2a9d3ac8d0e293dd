/**
 * What the cache needs of the store that its instances share. Two adapters: Redis, and the model of
 * it that the simulation drives; both pass the same command traces. Every call may fail at any time
 * with a `SharedStoreError`; a call that failed may have taken effect all the same.
 */
export interface SharedStore extends AsyncDisposable {
  /** Reads what the log holds past the cursor and writes the caller's heartbeat, atomically. */
  tail(request: TailRequest): Promise<TailReply>;
  /** Appends operations to the log, atomically, or says why none or only the first of them were. */
  publish(request: PublishRequest): Promise<PublishReply>;
  /** Starts a new generation with an empty log if the present one is still `expected`. Members stay. */
  found(request: FoundRequest): Promise<FoundReply>;
  /** Removes log entries that nobody needs any more, each only where its place is still the one given. */
  forget(generation: string, entries: readonly LogPlace[]): Promise<void>;
  /** Removes the member's record: it has left and holds up nobody's currency. */
  leave(memberId: string): Promise<void>;
  /** Asks how many replicas hold everything published so far by this connection, waiting at most `timeoutMs`. */
  replicated(timeoutMs: number): Promise<number>;
  readCopy(generation: string, key: string): Promise<Uint8Array | undefined>;
  writeCopy(generation: string, key: string, bytes: Uint8Array, ttlMs: number): Promise<void>;
  dropCopy(generation: string, key: string): Promise<void>;
  /** Calls back when another member published or founded something, and when the link came back. */
  onWake(listener: () => void): void;
  /** Whether the link is believed usable; a call on one that is not fails at once. */
  readonly usable: boolean;
}

/**
 * Everything in the shared store belongs to a generation; a new one starts whenever the store may
 * have forgotten something. `identity` names the server process and replication history it was made on.
 */
export interface Generation {
  readonly ordinal: number;
  readonly id: string;
  readonly identity: string;
}

/** A place in a generation's log. `member` is `k:<key>`, `g:<glob>`, `t:<tag>` or `n:<namespace>`. */
export interface LogPlace {
  readonly member: string;
  readonly seq: number;
}

/** The log is compacted: it holds the last row of each member only. `token` is unique to each append. */
export interface LogEntry extends LogPlace {
  readonly token: string;
  readonly row: string;
}

export interface TailRequest {
  readonly memberId: string;
  /** The lease the heartbeat takes, from the server's time on. */
  readonly leaseMs: number;
  /** The generation that `cursor` belongs to; null before the first. */
  readonly generation: string | null;
  readonly cursor: number;
  /** Whether everything that the caller knows is published in `generation`. */
  readonly said: boolean;
  /** The most entries to return. */
  readonly limit: number;
}

export interface TailReply {
  /** The server's wall clock. */
  readonly timeMs: number;
  /** The server's present identity; null where the server withholds it. */
  readonly identity: string | null;
  /** Whether the server may evict keys without a TTL (`allkeys-*`), and so forget the log. */
  readonly evicts: boolean;
  /** Null where there is none; the fields below are then empty. */
  readonly generation: Generation | null;
  /** Server time at which the generation was founded; 0 where there is none. */
  readonly foundedAtMs: number;
  /** The last seq given in this generation. */
  readonly seq: number;
  /** Token of the entry at the caller's cursor; null where it has been compacted away or cursor is 0. */
  readonly tokenAtCursor: string | null;
  /** The caller's last published operation in this generation; 0 where there is none. */
  readonly ownOperation: number;
  /** Entries past the cursor in order, at most `limit`. Empty when the request names another generation. */
  readonly entries: readonly LogEntry[];
  /** Every member on record, the caller included. */
  readonly members: readonly MemberRecord[];
}

export interface MemberRecord {
  readonly id: string;
  /** Generation the record speaks of; only then do `cursor`, `said` and `operation` count. */
  readonly generation: string;
  readonly cursor: number;
  readonly said: boolean;
  /** Its last published operation in that generation. */
  readonly operation: number;
  /** What is left of the lease in server time; zero or less: it ran out. */
  readonly leaseLeftMs: number;
}

export interface PublishRequest {
  readonly memberId: string;
  readonly generation: string;
  readonly cursor: number;
  /** As last seen in the log at `cursor`; null where it held none. */
  readonly tokenAtCursor: string | null;
  /** The highest own operation known to be published in this generation. */
  readonly ownOperation: number;
  readonly operations: readonly PublishOperation[];
}

export interface PublishOperation {
  readonly member: string;
  /** A barrier needs the publisher to have read everything; a key only its own row. */
  readonly barrier: boolean;
  readonly token: string;
  readonly row: string;
  /** Own operation number, rising; 0 for a row that is published again in a new generation. */
  readonly operation: number;
}

export type PublishReply =
  /** `seqs` holds a place for each of the first operations; 0: it had been published before. `seqBefore` is the last seq before them. */
  | { readonly t: "published"; readonly seqBefore: number; readonly seqs: readonly number[] }
  /** As above, but the operation after them needs the publisher to read the log first. */
  | { readonly t: "catch-up"; readonly seqBefore: number; readonly seqs: readonly number[] }
  /** Generation, identity, token at the cursor or own operation are not what the log holds. */
  | { readonly t: "another-generation" };

export interface FoundRequest {
  /** Id of the generation to replace; null where there is none. */
  readonly expected: string | null;
  readonly ordinal: number;
  readonly id: string;
}

export interface FoundReply {
  readonly founded: boolean;
}
