import type {
  FoundReply,
  FoundRequest,
  PublishReply,
  PublishRequest,
  TailReply,
  TailRequest,
} from "../../packages/cache/src/log/shared-store.js";
import { type ModelSnapshot, RedisModel } from "../../packages/cache/src/testing/redis-model.js";
import type { Heartbeats } from "./heartbeats.js";
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

interface Past {
  readonly entries: readonly Appended[];
  readonly carriedAtMs: ReadonlyMap<number, number>;
}

/** A saved state of the server, and of what is known about it. */
export interface ServerSnapshot {
  /** Whether its generation would be taken for the present one on another server, too. */
  readonly isNameless: boolean;
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
  /** Who is in touch; servers that follow each other as one Redis share it. */
  readonly heartbeats: Heartbeats;
  /** When it last lost entries of its log. */
  forgotAtMs: number;
  readonly #timers: Timers;
  #entries: Appended[];
  /** Since when an operation is carried by the present log. */
  #carriedAtMs: Map<number, number>;
  /** How much of the log each member has seen the last time it looked. */
  readonly #seen = new Map<string, number>();

  constructor(
    timers: Timers,
    name: string,
    heartbeats: Heartbeats,
    model?: RedisModel,
    past: Past = { entries: [], carriedAtMs: new Map() },
  ) {
    this.#timers = timers;
    this.name = name;
    this.heartbeats = heartbeats;
    this.model = model ?? new RedisModel({ nowMs: () => serverEpochMs + timers.nowMs });
    this.forgotAtMs = timers.nowMs;
    this.#entries = [...past.entries];
    this.#carriedAtMs = new Map(past.carriedAtMs);
  }

  get carriedAtMs(): ReadonlyMap<number, number> {
    return this.#carriedAtMs;
  }

  /** Whether the present log may tell of the operation. */
  mayCarry(id: number): boolean {
    return this.#entries.some(({ maybe }) => maybe.has(id));
  }

  /** `late`: nobody waits for the answer. */
  tail(request: TailRequest, late: boolean): TailOutcome {
    const reply = this.model.tail(request);
    const current = reply.generation !== null && reply.generation.id === request.generation;
    if (!late) this.#seen.set(request.memberId, this.#entries.length);
    if (!current) return { reply, claimed: [], shown: [], inPlace: false };
    const inPlace = reply.generation?.identity === (reply.identity ?? "");
    if (inPlace) this.heartbeats.beat(request.memberId, this.#timers.nowMs);
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

  /** Answers as well what of the log its founder had to have read before it went. */
  found(
    request: FoundRequest,
    memberId: string,
  ): { readonly reply: FoundReply; readonly gone: readonly Appended[] } {
    const reply = this.model.found(request, memberId);
    if (!reply.founded) return { reply, gone: [] };
    const gone = this.#entries.slice(0, this.#seen.get(memberId) ?? 0);
    this.#forgetLog();
    return { reply, gone };
  }

  /** Whether its generation would be taken for the present one on another server, too. */
  get isNameless(): boolean {
    return this.model.snapshot().state.generation?.identity === "";
  }

  restartEmpty(): void {
    this.model.restartEmpty();
    this.#forgetLog();
  }

  flush(): void {
    this.model.flush();
    this.#forgetLog();
  }

  snapshot(): ServerSnapshot {
    return { isNameless: this.isNameless, model: this.model.snapshot(), past: this.#past() };
  }

  restore({ model, past }: ServerSnapshot): void {
    this.model.restore(model);
    this.forgotAtMs = this.#timers.nowMs;
    this.#entries = [...past.entries];
    // What nobody could read for a while counts from now on.
    this.#carriedAtMs = new Map();
    for (const id of past.carriedAtMs.keys()) this.#carriedAtMs.set(id, this.#timers.nowMs);
  }

  /** A replica as it is now, to take this one's place or, with heartbeats of its own, to be a master beside it. */
  clone(name: string, heartbeats: Heartbeats = this.heartbeats): Server {
    return new Server(this.#timers, name, heartbeats, this.model.clone(), this.#past());
  }

  #past(): Past {
    return {
      entries: [...this.#entries],
      carriedAtMs: new Map(this.#carriedAtMs),
    };
  }

  #append(entry: Appended): void {
    this.#entries.push(entry);
    for (const id of entry.surely) {
      if (!this.#carriedAtMs.has(id)) this.#carriedAtMs.set(id, this.#timers.nowMs);
    }
  }

  #forgetLog(): void {
    this.forgotAtMs = this.#timers.nowMs;
    this.#entries = [];
    this.#carriedAtMs.clear();
    this.#seen.clear();
  }
}
