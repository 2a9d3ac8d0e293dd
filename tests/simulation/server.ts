import type {
  FoundReply,
  FoundRequest,
  PublishReply,
  PublishRequest,
  TailReply,
  TailRequest,
} from "../../packages/cache/src/log/shared-store.js";
import { type ModelSnapshot, RedisModel } from "../../packages/cache/src/testing/redis-model.js";
import type { OpSet } from "./op-set.js";
import { serverEpochMs, type Timers } from "./timers.js";

/** The operations that whoever reads an entry learns of: those for certain, and those that it may learn of. */
export interface Cargo {
  readonly surely: OpSet;
  readonly maybe: OpSet;
}

/** An entry as it was appended, compacted or not. */
export interface Appended extends Cargo {
  readonly member: string;
  readonly seq: number;
}

interface Lease {
  readonly sinceMs: number;
  readonly untilMs: number;
}

interface Past {
  readonly entries: readonly Appended[];
  readonly carriedAtMs: ReadonlyMap<number, number>;
  readonly leases: ReadonlyMap<string, Lease>;
}

/** A saved state of the server, and of what is known about it. */
export interface ServerSnapshot {
  readonly model: ModelSnapshot;
  readonly past: Past;
}

/** What an execution showed: entries for the reader to learn from. */
export interface TailOutcome {
  readonly reply: TailReply;
  /** What a cursor at the reply's end claims to have read. */
  readonly claimed: readonly Appended[];
  /** What the reply really holds. */
  readonly shown: readonly Appended[];
  /** Whether the reply shows a generation of the server that it comes from, so that its reader goes on from it. */
  readonly inPlace: boolean;
}

/** A model server with a memory of everything that ever stood in its present log. */
export class Server {
  readonly model: RedisModel;
  readonly name: string;
  /** Servers that follow each other as one Redis have the same number. */
  readonly redis: number;
  readonly #timers: Timers;
  #entries: Appended[];
  /** Since when an operation is carried by the present log. */
  #carriedAtMs: Map<number, number>;
  #leases: Map<string, Lease>;

  constructor(
    timers: Timers,
    name: string,
    redis: number,
    model?: RedisModel,
    past: Past = { entries: [], carriedAtMs: new Map(), leases: new Map() },
  ) {
    this.#timers = timers;
    this.name = name;
    this.redis = redis;
    this.model = model ?? new RedisModel({ nowMs: () => serverEpochMs + timers.nowMs });
    this.#entries = [...past.entries];
    this.#carriedAtMs = new Map(past.carriedAtMs);
    this.#leases = new Map(past.leases);
  }

  get carriedAtMs(): ReadonlyMap<number, number> {
    return this.#carriedAtMs;
  }

  /** Members whose lease runs, and since when it has been running. */
  *leased(): Iterable<readonly [string, number]> {
    for (const [id, lease] of this.#leases) {
      if (lease.untilMs >= this.#timers.nowMs) yield [id, lease.sinceMs];
    }
  }

  tail(request: TailRequest): TailOutcome {
    const reply = this.model.tail(request);
    const current = reply.generation !== null && reply.generation.id === request.generation;
    if (!current) return { reply, claimed: [], shown: [], inPlace: false };
    const inPlace = reply.generation?.identity === (reply.identity ?? "");
    if (inPlace) this.#lease(request);
    const last = reply.entries.at(-1);
    const end = reply.entries.length >= request.limit && last !== undefined ? last.seq : reply.seq;
    const claimed = this.#entries.filter(({ seq }) => seq > request.cursor && seq <= end);
    const seqs = new Set(reply.entries.map(({ seq }) => seq));
    return { reply, claimed, shown: claimed.filter(({ seq }) => seqs.has(seq)), inPlace };
  }

  /** `cargo` is what each of the request's operations brings with it. */
  publish(
    request: PublishRequest,
    cargo: readonly Cargo[],
  ): { readonly reply: PublishReply; readonly claimed: readonly Appended[] } {
    const reply = this.model.publish(request);
    if (reply.t === "another-generation") return { reply, claimed: [] };
    for (const [index, seq] of reply.seqs.entries()) {
      const member = request.operations[index]?.member;
      const carried = cargo[index];
      if (seq === 0 || member === undefined || carried === undefined) continue;
      this.#append({ member, seq, ...carried });
    }
    const end = reply.seqs.reduce((most, seq) => Math.max(most, seq), 0);
    return {
      reply,
      claimed: this.#entries.filter(({ seq }) => seq > request.cursor && seq <= end),
    };
  }

  found(request: FoundRequest, memberId: string): FoundReply {
    const reply = this.model.found(request, memberId);
    if (reply.founded) this.#forgetLog();
    return reply;
  }

  restartEmpty(): void {
    this.model.restartEmpty();
    this.#forgetLog();
    this.#leases.clear();
  }

  flush(): void {
    this.model.flush();
    this.#forgetLog();
    this.#leases.clear();
  }

  snapshot(): ServerSnapshot {
    return { model: this.model.snapshot(), past: this.#past() };
  }

  restore({ model, past }: ServerSnapshot): void {
    this.model.restore(model);
    this.#entries = [...past.entries];
    // What nobody could read for a while counts from now on.
    this.#carriedAtMs = new Map();
    for (const id of past.carriedAtMs.keys()) this.#carriedAtMs.set(id, this.#timers.nowMs);
    this.#leases = new Map();
    for (const [id, { untilMs }] of past.leases) {
      this.#leases.set(id, { sinceMs: this.#timers.nowMs, untilMs });
    }
  }

  /** A replica as it is now, to become a master of its own. */
  clone(name: string, redis: number): Server {
    return new Server(this.#timers, name, redis, this.model.clone(), this.#past());
  }

  #past(): Past {
    return {
      entries: [...this.#entries],
      carriedAtMs: new Map(this.#carriedAtMs),
      leases: new Map(this.#leases),
    };
  }

  #append(entry: Appended): void {
    this.#entries.push(entry);
    for (const id of entry.surely) {
      if (!this.#carriedAtMs.has(id)) this.#carriedAtMs.set(id, this.#timers.nowMs);
    }
  }

  #forgetLog(): void {
    this.#entries = [];
    this.#carriedAtMs.clear();
  }

  #lease(request: TailRequest): void {
    const nowMs = this.#timers.nowMs;
    const before = this.#leases.get(request.memberId);
    const runs = before !== undefined && before.untilMs >= nowMs;
    this.#leases.set(request.memberId, {
      sinceMs: runs ? before.sinceMs : nowMs,
      untilMs: nowMs + request.leaseMs,
    });
  }
}
