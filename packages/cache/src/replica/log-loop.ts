import type { Clock, Random } from "../clock.js";
import type { Disk } from "../disk/disk.js";
import { nowhere, type Place } from "../disk/records.js";
import { type CurrencyFacts, unverifiedBecause } from "../log/currency.js";
import { judgeGeneration } from "../log/generation.js";
import type { Generation, MemberRecord, SharedStore, TailReply } from "../log/shared-store.js";
import { Backlog } from "./backlog.js";
import { Founder } from "./founder.js";
import type { Knowledge } from "./knowledge.js";
import { LogReader } from "./log-reader.js";
import { placeIn, type Yard } from "./publication.js";
import { Publisher } from "./publisher.js";
import { advance, committed, enterGeneration, type Memo, rewound, saveMemo } from "./standing.js";
import { Turns } from "./turns.js";

export interface LogLoopOptions {
  readonly store: SharedStore;
  readonly disk: Disk;
  readonly knowledge: Knowledge;
  readonly clock: Clock;
  readonly random: Random;
  readonly memberId: string;
  /** Below every operation of this run. */
  readonly operationsFrom: number;
  readonly currencyMs: number;
  readonly horizonMs: number;
  readonly steadyMs: () => number;
  readonly memo: Memo;
  readonly events: LogEvents;
  /** Named steps, so that a test can end the process at each. */
  readonly step: (name: string) => void;
}

interface LogEvents {
  generation(generation: Generation, because: string): void;
  /** The log was read to its end. */
  read(): void;
  failed(error: unknown): void;
  undecodable(member: string, cause: unknown): void;
}

/**
 * The one conversation with the log: read it to its end, apply, publish what it does not hold, again.
 * Reading and publishing take turns, so that a publisher always knows what it publishes over.
 */
export class LogLoop implements AsyncDisposable {
  readonly #options: LogLoopOptions;
  readonly #backlog: Backlog;
  readonly #publisher: Publisher;
  readonly #reader: LogReader;
  readonly #founder: Founder;
  readonly #turns: Turns;
  /** What was read and published, on the disk or not. */
  memo: Memo;
  /** The other members, and this one, at the last read. */
  members: readonly MemberRecord[] = [];
  /** Where the log ended then. */
  #membersAt: Place = nowhere;
  /** As far as the disk goes, where that is not as far as {@link memo}: nothing beyond is told to anybody. */
  #onDisk: Memo | null = null;
  #lastReadAtMs: number | null = null;
  #verifiedUntilMs = Number.NEGATIVE_INFINITY;
  #generationAgeMs = 0;
  #identityKnown = false;
  #evicts = false;
  #readToEnd = false;
  /** The disk has lost what was read: `due`: it is to be read again, with the next turn; `begun`: not to its end yet. */
  #rereading: "no" | "due" | "begun" = "no";
  #foundBecause = "";
  /** Whether the last publication was refused for its generation. */
  #refused = false;
  /** Whether whatever is published next must not go before a read: somebody else wrote, or a call went unanswered. */
  #readDue = true;

  constructor(options: LogLoopOptions) {
    const { store, disk, knowledge, memberId, memo, random, clock, currencyMs, step } = options;
    const { events } = options;
    this.#options = options;
    this.memo = memo;
    this.#backlog = new Backlog(disk, knowledge, memberId, {
      scanned: memo.said,
      firstToken: Math.floor(random() * 2 ** 40),
    });
    const backlog = this.#backlog;
    const yard = (): Yard => this.#yard();
    this.#publisher = new Publisher({ store, disk, knowledge, backlog, memberId, yard, step });
    this.#reader = new LogReader({
      store,
      knowledge,
      memberId,
      leaseMs: 3 * currencyMs,
      keepUntilMs: () => this.sharedNowMs + options.horizonMs,
      undecodable: (member, cause) => events.undecodable(member, cause),
    });
    const reader = this.#reader;
    this.#founder = new Founder({ store, disk, reader, clock, random, currencyMs, step });
    this.#turns = new Turns({
      clock,
      idleMs: currencyMs / 4,
      turn: () => this.#turn(),
      turned: () => this.#turned(),
      failed: (error) => {
        this.#readDue = true;
        events.failed(error);
      },
    });
    store.onWake(() => {
      this.#readDue = true;
      this.kick();
    });
  }

  /** Whether everything up to the cursor is known here, and nothing of it lost with the disk. */
  get knowsWhatItRead(): boolean {
    return this.#rereading === "no";
  }

  /** The disk has lost what the log said: it is read from its start before anything is published, or verified. */
  startOver(): void {
    this.#rereading = "due";
    this.#readToEnd = false;
    this.#verifiedUntilMs = Number.NEGATIVE_INFINITY;
    this.#readDue = true;
    this.kick();
  }

  /** What the next run should know: whether everything is placed, too, or it would go through all rows again. */
  get memento(): Memo {
    const memo = this.#mustReread ? rewound(this.memo) : this.memo;
    return { ...memo, said: this.#backlog.rowsPlaced };
  }

  /** Server time as well as it is known. */
  get sharedNowMs(): number {
    return this.#options.steadyMs() + this.memo.offsetMs;
  }

  /**
   * Whether every member that can still call itself verified is on record: a new generation may
   * stand in a store that has forgotten its members, and each of them lives on its last read for a while.
   */
  get knowsMembers(): boolean {
    return this.#generationAgeMs > this.#options.currencyMs; // rule: all-after-currency
  }

  /** Whether the members were read after the log held what stands at the place: who was away before may be back. */
  hasReadMembersSince({ generation, seq }: Place): boolean {
    return this.#membersAt.generation === generation && this.#membersAt.seq >= seq; // rule: members-after-place
  }

  /** Whether the log was read so lately that what was read of the members still holds. */
  get isUpToDate(): boolean {
    const { clock, currencyMs } = this.#options;
    if (this.#turns.stopped || this.#lastReadAtMs === null) return false;
    return clock.monotonicMs() - this.#lastReadAtMs <= currencyMs;
  }

  /** Whether it will never read again. */
  get ended(): boolean {
    return this.#turns.ended;
  }

  /** Begins, or begins the next turn at once. */
  kick(): void {
    this.#turns.kick();
  }

  /** While somebody waits for members, turns follow each other quickly. Returns what ends that. */
  hurry(): () => void {
    return this.#turns.hurry();
  }

  /** Calls back after each turn. */
  onTurn(listener: () => void): () => void {
    return this.#turns.onTurn(listener);
  }

  /** Whether answers are verified at that monotonic time; cheap enough for every read. */
  verifiedAt(monotonicMs: number): boolean {
    return monotonicMs <= this.#verifiedUntilMs;
  }

  /** Whether the link is there but the log was not read for too long: the process was stopped, or starved. */
  overdueAt(monotonicMs: number): boolean {
    if (!this.#options.store.usable || this.#lastReadAtMs === null) return false;
    return monotonicMs - this.#lastReadAtMs > this.#options.currencyMs;
  }

  /** Resolves after the next turn, or after `timeoutMs`. */
  catchUp(timeoutMs: number): Promise<void> {
    this.#readDue = true;
    this.kick();
    return new Promise((resolve) => {
      const finish = (): void => {
        cancel();
        stop();
        resolve();
      };
      const cancel = this.#options.clock.after(timeoutMs, finish);
      const stop = this.onTurn(finish);
    });
  }

  /** Null while answers are verified. */
  unverifiedBecause(): string | null {
    if (this.#rereading !== "no")
      return "what the log said was lost with the disk, and is read again";
    return unverifiedBecause(this.#facts());
  }

  /** Puts on the disk that the member's record was taken out of the log: the next run must not take that for a loss. */
  left(): void {
    saveMemo(this.#options.disk, { ...this.memento, ownOperation: 0 });
  }

  /** Ends after the turn that runs; publishes nothing more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turns[Symbol.asyncDispose]();
  }

  #facts(): CurrencyFacts {
    const { clock, currencyMs, memberId } = this.#options;
    const nowMs = clock.monotonicMs();
    return {
      shared: true,
      nowMs,
      currencyMs,
      lastReadAtMs: this.#lastReadAtMs,
      said: this.#said(),
      generationAgeMs: this.#generationAgeMs,
      identityKnown: this.#identityKnown,
      evicts: this.#evicts,
      others: this.members.filter((member) => member.id !== memberId),
      generation: this.memo.generation?.id ?? null,
    };
  }

  get #mustReread(): boolean {
    return this.#rereading === "due";
  }

  #said(): boolean {
    const { knowledge, currencyMs, steadyMs } = this.#options;
    if (this.memo.generation === null || !this.#readToEnd) return false;
    const oldest = knowledge.pending.oldestMs;
    if (oldest !== null && steadyMs() - oldest > currencyMs) return false;
    return this.#backlog.emptyIn(this.memo.generation);
  }

  #turned(): void {
    const verified = this.#lastReadAtMs !== null && this.unverifiedBecause() === null;
    this.#verifiedUntilMs =
      verified && this.#lastReadAtMs !== null
        ? this.#lastReadAtMs + this.#options.currencyMs
        : Number.NEGATIVE_INFINITY;
  }

  /**
   * What is to be published and where it stands is known from the last read, and the store refuses
   * what it is not: so a write need not wait for another. Answers whether that was all.
   */
  async #publishAhead(): Promise<boolean> {
    const { generation } = this.memo;
    const { clock, currencyMs, knowledge } = this.#options;
    if (generation === null || this.#lastReadAtMs === null || knowledge.pending.size === 0)
      return false;
    if (this.#readDue || this.#onDisk !== null || !this.#readToEnd) return false;
    if (clock.monotonicMs() - this.#lastReadAtMs > currencyMs / 4) return false;
    const { cursor } = this.memo;
    if (await this.#publish(generation)) this.#readDue = true;
    return !this.#readDue && this.memo.cursor > cursor;
  }

  /** What is published ahead, else one read and what follows from it; true when another should follow at once. */
  async #turn(): Promise<boolean> {
    if (await this.#publishAhead()) return false;
    this.#readDue = false;
    if (this.#mustReread) {
      this.#rereading = "begun";
      this.memo = rewound(this.memo);
      this.#onDisk = null;
    }
    const sentAtMs = this.#options.clock.monotonicMs();
    const said = this.#said();
    const standing = this.#onDisk ?? this.memo;
    const reply = await this.#reader.read(standing.generation?.id ?? null, standing.cursor, said);
    this.#identityKnown = reply.identity !== null;
    this.#evicts = reply.evicts;
    this.memo = { ...this.memo, offsetMs: reply.timeMs - this.#options.steadyMs() };
    const own = { from: this.#options.operationsFrom, unused: !this.#publisher.started };
    const judgement = judgeGeneration(standing, own, reply);
    if (judgement.t !== "same") this.#generationAgeMs = 0;
    switch (judgement.t) {
      case "found":
        this.#foundBecause = judgement.because;
        return this.#found(reply);
      case "adopt":
        return this.#adopt(judgement.generation);
      case "same":
        this.members = reply.members;
        this.#membersAt = { generation: reply.generation?.id ?? null, seq: reply.seq };
        return (await this.#follow(standing, reply, sentAtMs)) || (this.#said() && !said);
    }
  }

  /** The log goes on: apply what is new, and publish once there is no more. */
  async #follow(standing: Memo, reply: TailReply, sentAtMs: number): Promise<boolean> {
    const { disk, events, step } = this.#options;
    const { generation, cursor: before } = this.memo;
    if (generation === null) return false;
    this.#reader.apply(reply.entries, generation, true); // rule: from-the-start
    if (this.#mustReread) return true;
    const last = reply.entries.at(-1);
    const isFull = this.#reader.isFull(reply.entries);
    const more = isFull && last !== undefined && last.seq < reply.seq;
    const cursor = more ? last.seq : reply.seq;
    const read = last !== undefined && last.seq === cursor ? last.token : null;
    const token = read ?? (cursor === before ? this.memo.token : null);
    this.memo = {
      ...advance(this.memo, cursor, token),
      ownOperation: Math.max(this.memo.ownOperation, reply.ownOperation),
    };
    if (more) this.#readDue = true;
    else this.#publisher.settle(reply.ownOperation);
    if (cursor > standing.cursor) {
      this.#onDisk ??= standing; // rule: cursor-once-durable
      step("tail:applied");
      saveMemo(disk, { ...this.memo, said: this.#backlog.rowsPlaced });
      if (await committed(disk)) this.#onDisk = null;
      else if (more) return false;
    }
    if (more || this.#mustReread) return true;
    this.#rereading = "no";
    this.#readToEnd = true;
    this.#lastReadAtMs = sentAtMs;
    this.#generationAgeMs = reply.timeMs - reply.foundedAtMs;
    this.memo = { ...this.memo, lastReadMs: this.#options.steadyMs() };
    events.read();
    if (await this.#publish(generation)) this.#readDue = true;
    return this.#readDue || this.memo.cursor > before;
  }

  /** Publishes until the log holds everything; true when a read should follow. */
  async #publish(generation: Generation): Promise<boolean> {
    while (!this.#turns.stopped) {
      const published = await this.#publisher.next(generation, this.memo);
      if (published.t === "nothing") return false;
      if (published.t === "another-generation") return this.#refusedAgain();
      this.#refused = false;
      this.memo = published.memo;
      if (published.reads) return true;
    }
    return false;
  }

  /** The log is looked at once more at once, and then in its time: a store that refuses whatever it shows must not be asked without end. */
  #refusedAgain(): boolean {
    const first = !this.#refused;
    this.#refused = true;
    return first;
  }

  #yard(): Yard {
    const { knowledge, disk, memberId, horizonMs } = this.#options;
    const { generation, cursor } = this.memo;
    return {
      knowledge,
      disk,
      memberId,
      horizonMs,
      sharedNowMs: this.sharedNowMs,
      reached: this.memo.reached,
      beyondDisk: generation !== null && this.#onDisk !== null ? placeIn(generation, cursor) : null,
      offsetMs: this.memo.offsetMs,
    };
  }

  /** Takes a newer generation for the present one; it is read from its start. */
  async #adopt(generation: Generation): Promise<boolean> {
    const { disk, events } = this.#options;
    this.memo = enterGeneration(this.memo, generation);
    this.#onDisk = null;
    this.#backlog.restart(generation);
    this.#readToEnd = false;
    saveMemo(disk, this.memo);
    events.generation(generation, this.#foundBecause);
    this.#foundBecause = "";
    await committed(disk);
    return true;
  }

  /** Starts a new generation in place of the one that the reply shows. */
  async #found({ generation: old }: TailReply): Promise<boolean> {
    const { highestOrdinal } = this.memo;
    this.#readToEnd = false;
    if (!(await this.#founder.found(old, highestOrdinal))) return false;
    this.memo = { ...this.memo, highestOrdinal: Math.max(highestOrdinal, old?.ordinal ?? 0) };
    return true;
  }
}
