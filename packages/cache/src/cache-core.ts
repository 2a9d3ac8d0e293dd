import type { Durable } from "@holdfast/sqlite";
import type {
  Acknowledge,
  Answer,
  Cache,
  CacheStatus,
  FetchPolicy,
  Loader,
  MetricSample,
  Peek,
  Receipt,
  RemovalReceipt,
  RemovalTarget,
  RemoveOptions,
  SetOptions,
} from "./cache-contract.js";
import { CacheError } from "./cache-error.js";
import type { Clock, Random } from "./clock.js";
import { CurrencyWatch } from "./currency-watch.js";
import { Disk, type ValueCover } from "./disk/disk.js";
import { createFetcher, type Fetcher } from "./fetch/fetcher.js";
import type { Found, Tiers } from "./fetch/tiers.js";
import { Housekeeping } from "./housekeeping.js";
import { Identity } from "./identity.js";
import { Layers } from "./layers.js";
import type { SharedStore } from "./log/shared-store.js";
import { MemoryLayer } from "./memory/memory-layer.js";
import { Counters } from "./metrics/counters.js";
import type { CacheEvent, ResolvedOptions } from "./options.js";
import { RedisFirst } from "./redis-first.js";
import { Alone } from "./replica/alone.js";
import type { Barrier } from "./replica/barriers.js";
import { Knowledge } from "./replica/knowledge.js";
import { LogLoop } from "./replica/log-loop.js";
import type { PendingItem } from "./replica/pending.js";
import type { Yard } from "./replica/publication.js";
import { loadMemo, type Memo, saveMemo } from "./replica/standing.js";
import { Sweeper } from "./replica/sweeper.js";
import { acknowledgeLevel, literalKey } from "./rules/arguments.js";
import { checkKey, kindOf } from "./rules/key.js";
import { checkedTags, checkTag } from "./rules/tag.js";
import { ttlMs } from "./rules/ttl.js";
import { encodeText, maxValueBytes } from "./rules/value.js";
import { statusOf } from "./status.js";
import { SteadyClock } from "./steady.js";
import { barrierMember, Writes } from "./writes.js";

/** Copies are written together, this long after the first of them. */
const copyDelayMs = 20;
/** A read that finds the log unread for too long waits this long for it: once, not once a read. */
const catchUpMs = 50;
const maxKeys = 1_000;

/** Everything that a running cache is made of. */
export interface CoreParts {
  readonly durable: Durable;
  /** Null: the instance is alone. */
  readonly store: SharedStore | null;
  readonly options: ResolvedOptions;
  readonly clock: Clock;
  readonly random: Random;
  /** What tells the file from a copy of it. */
  readonly home: string;
  readonly slot: number | null;
  /** Lets the event loop turn. */
  readonly yieldLoop: () => Promise<void>;
  readonly cover: ValueCover;
  /** Called at each dangerous step by name, so that a test can end the process there. */
  readonly step: (name: string) => void;
}

/** A running cache over an open disk and a shared store; the composition of all that is in this room. */
export class CacheCore implements Omit<Cache, "start" | "stop"> {
  readonly disk: Disk;
  readonly knowledge: Knowledge;
  readonly counters: Counters;
  readonly identity: Identity;
  readonly #parts: CoreParts;
  readonly #steady: SteadyClock;
  readonly #memory: MemoryLayer;
  readonly #negatives: MemoryLayer;
  readonly #layers: Layers;
  readonly #tiers: Tiers;
  readonly #fetcher: Fetcher;
  readonly #writes: Writes;
  readonly #sweeper: Sweeper;
  readonly #sweeps = new Map<string, Promise<number>>();
  readonly #loop: LogLoop | null;
  readonly #alone: Alone | null;
  readonly #watch: CurrencyWatch;
  readonly #housekeeping: Housekeeping;
  #copyTimer: (() => void) | null = null;
  #catchingUp: Promise<void> | null = null;
  #redisUp: { readonly up: boolean; readonly sinceMs: number; readonly reason: string | null };

  constructor(parts: CoreParts) {
    const { durable, store, options, clock, random } = parts;
    this.#parts = parts;
    this.counters = new Counters(Object.keys(options.namespaces));
    this.disk = new Disk(durable, parts.cover);
    this.identity = new Identity(this.disk, parts.home, random);
    this.#steady = new SteadyClock(clock, this.identity.seenMs);
    this.#memory = new MemoryLayer({ maxBytes: options.memoryMaxBytes });
    this.#negatives = new MemoryLayer({ maxEntries: options.maxNegatives });
    this.#redisUp = { up: false, sinceMs: clock.wallMs(), reason: null };
    const memo = this.#firstMemo();
    this.#sweeper = new Sweeper(this.disk, () => this.knowledge, parts.yieldLoop);
    this.knowledge = new Knowledge({
      disk: this.disk,
      memberId: this.identity.memberId,
      holders: {
        forget: (key) => this.#layers.forget(key),
        sweep: (barrier) => this.#sweep(barrier),
      },
      times: {
        nowMs: () => this.#steady.nowMs(),
        offsetMs: () => this.#offsetMs(),
        horizonMs: () => options.horizonMs,
      },
      firstVersion: this.identity.firstVersion,
      alone: store === null,
    });
    this.#layers = this.#makeLayers();
    this.#tiers = options.order === "redis-first" ? new RedisFirst(this.#layers) : this.#layers;
    this.#loop = store === null ? null : this.#makeLoop(store, memo);
    this.#alone =
      store === null
        ? new Alone(this.disk, this.knowledge, this.identity.memberId, memo, () => this.#yard())
        : null;
    this.#watch = new CurrencyWatch(clock.wallMs(), memo.lastReadMs ?? this.#steady.startMs);
    this.#writes = this.#makeWrites();
    this.#fetcher = this.#makeFetcher();
    this.#housekeeping = this.#makeHousekeeping();
    for (const barrier of this.knowledge.barriers.unswept) this.#sweep(barrier);
  }

  /** Commits what the start put, and begins to talk to the shared store. */
  async begin(): Promise<void> {
    this.#loop?.onTurn(() => this.#turned());
    this.#turned();
    this.#loop?.kick();
    await this.disk.commit().catch(() => undefined);
  }

  /** Ends everything but the disk and the store, which are the caller's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fetcher.stop();
    this.#copyTimer?.();
    await this.#housekeeping[Symbol.asyncDispose]();
    await this.#sweeper[Symbol.asyncDispose]();
    await this.#loop?.[Symbol.asyncDispose]();
    this.identity.seen(this.#steady.nowMs());
    await this.disk.commit().catch(() => undefined);
  }

  /** Takes over what another process left unpublished; resolves once it is on the own disk. */
  async adopt(items: readonly PendingItem[]): Promise<void> {
    const numbers = items.map((item) => {
      const number = this.identity.nextOperation();
      this.knowledge.adopt(number, item);
      return number;
    });
    await this.disk.commit();
    for (const number of numbers) this.knowledge.pending.committed(number);
    this.#loop?.kick();
  }

  /** Waits until everything is published, at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    const loop = this.#loop;
    if (loop === null || this.knowledge.pending.size === 0) return;
    loop.kick();
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        cancel();
        stop();
        resolve();
      };
      const cancel = this.#parts.clock.after(timeoutMs, finish);
      const stop = loop.onTurn(() => {
        if (this.knowledge.pending.size === 0) finish();
      });
    });
  }

  get<T = unknown>(key: string): Promise<T | null>;
  async get(key: string): Promise<unknown> {
    const quick = this.#quick(key);
    if (quick !== undefined) return quick.value;
    checkKey(key);
    return (await this.#read(key))?.value ?? null;
  }

  getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>>;
  async getMany(keys: readonly string[]): Promise<Map<string, unknown>> {
    if (keys.length > maxKeys) {
      throw new CacheError(
        "invalid-option",
        `Cannot get ${keys.length} keys at once: at most ${maxKeys} are allowed`,
        { argument: "keys" },
      );
    }
    for (const key of keys) checkKey(key);
    const found = new Map<string, unknown>();
    const answers = await Promise.all(keys.map((key) => this.#quick(key) ?? this.#read(key)));
    for (const [index, key] of keys.entries()) {
      const answer = answers[index];
      if (answer !== undefined && answer !== null) found.set(key, answer.value);
    }
    return found;
  }

  async set(
    key: string,
    value: unknown,
    ttlSeconds: number,
    options: SetOptions = {},
  ): Promise<Receipt> {
    checkKey(key);
    const ttl = ttlMs(ttlSeconds, this.#parts.options.maxAgeMs(key));
    const tags = checkedTags(options.tags);
    const text = encodeText(value, maxValueBytes);
    this.counters.set(kindOf(key));
    if (options.copy === true) {
      this.#layers.keepCopy(key, value, ttl, tags);
      return { operation: `${this.identity.memberId}:copy`, acknowledged: "memory" };
    }
    return this.#writes.set(key, text, ttl, tags, acknowledgeLevel(options));
  }

  async delete(key: string, options: RemoveOptions = {}): Promise<Receipt> {
    checkKey(key);
    return this.#remove(key, acknowledgeLevel(options));
  }

  async delMatching(glob: string, options: RemoveOptions = {}): Promise<number> {
    return (await this.invalidate({ glob }, options)).matched;
  }

  async invalidate(target: RemovalTarget, options: RemoveOptions = {}): Promise<RemovalReceipt> {
    const wanted = acknowledgeLevel(options);
    const key = literalKey(target);
    if (key !== null) {
      checkKey(key);
      const matched = this.#layers.held(key) === null ? 0 : 1;
      return { ...(await this.#remove(key, wanted)), matched };
    }
    if ("key" in target)
      throw new CacheError("invalid-key", "Cannot invalidate: the target names no key");
    if ("tag" in target) checkTag(target.tag);
    if ("namespace" in target) checkKey(target.namespace);
    const member = barrierMember(target);
    this.counters.removal("barrier");
    const carried = this.#writes.invalidate(member, wanted);
    const matched = this.#sweeps.get(member) ?? Promise.resolve(0);
    const receipt = await carried;
    return { ...receipt, matched: await matched };
  }

  fetch<T>(key: string, loader: Loader<T>, policy?: FetchPolicy): Promise<Answer<T>> {
    try {
      checkKey(key);
    } catch (error) {
      return Promise.reject(error);
    }
    if (this.#overdue())
      return this.#catchUp().then(() => this.#fetcher.fetch(key, loader, policy));
    return this.#fetcher.fetch(key, loader, policy);
  }

  async peek(key: string): Promise<Peek | null> {
    checkKey(key);
    const found = this.#layers.readLocal(key);
    if (found === undefined) return null;
    const held = this.#layers.held(key);
    const nowMs = this.#steady.nowMs();
    const place = held?.place ?? null;
    return {
      value: found.value,
      kind: found.kind,
      layer: found.layer,
      age: nowMs < found.freshUntilMs ? "fresh" : "stale",
      ageMs: Math.max(0, nowMs - found.storedAtMs),
      freshForMs: Math.max(0, found.freshUntilMs - nowMs),
      goneInMs: Math.max(0, found.goneAtMs - nowMs),
      currency: this.#verified() ? "verified" : "unverified",
      tags: held?.tags ?? [],
      position:
        place === null || place.generation === null
          ? null
          : { generation: place.generation, seq: place.seq },
    };
  }

  status(): CacheStatus {
    this.#look();
    const { durable, store, slot } = this.#parts;
    return statusOf({
      watch: this.#watch.state,
      redis: store === null ? null : this.#redisUp,
      disk: durable.writeState(),
      startedAtMs: this.#steady.startMs,
      memo: this.#loop?.memo ?? null,
      members: this.#loop?.members ?? [],
      memberId: this.identity.memberId,
      unpublished: this.knowledge.pending.size,
      barriers: this.knowledge.barriers.size,
      memory: {
        entries: this.#memory.size,
        bytes: this.#memory.bytes,
        maxBytes: this.#parts.options.memoryMaxBytes,
      },
      slot,
    });
  }

  metrics(): readonly MetricSample[] {
    return this.counters.samples();
  }

  /** One round of what is done every minute. */
  tidy(): Promise<void> {
    return this.#housekeeping.round();
  }

  // --- reading --------------------------------------------------------------------------------

  /** What can be answered without waiting for anything; undefined where the long way is needed. */
  #quick(key: string): Found | undefined {
    if (this.#overdue()) return undefined;
    const found = this.#tiers.readLocal(key);
    if (found === undefined || found.kind === "negative" || !this.#layers.servable(key))
      return undefined;
    this.counters.hit(found.layer, key);
    return found;
  }

  async #read(key: string): Promise<Found | null> {
    if (this.#overdue()) await this.#catchUp();
    if (!this.#layers.servable(key)) return this.#missed(key);
    const local = this.#tiers.readLocal(key);
    if (local?.kind === "negative") return this.#missed(key);
    const found = local ?? (await this.#tiers.readShared(key));
    if (found === undefined || found.kind === "negative") return this.#missed(key);
    this.counters.hit(found.layer, key);
    return found;
  }

  #missed(key: string): null {
    this.counters.miss(key);
    return null;
  }

  #overdue(): boolean {
    return this.#loop !== null && this.#loop.overdueAt(this.#parts.clock.monotonicMs());
  }

  /** After the process was stopped or starved, reads wait once for the log before anything older is served. */
  #catchUp(): Promise<void> {
    const loop = this.#loop;
    if (loop === null) return Promise.resolve();
    this.#catchingUp ??= loop.catchUp(catchUpMs).finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  #verified(): boolean {
    return this.#loop === null || this.#loop.verifiedAt(this.#parts.clock.monotonicMs());
  }

  #servable(key: string): boolean {
    if (this.#verified()) return true;
    const policy = this.#parts.options.whenUnverified(key);
    if (policy === "serve") return true;
    if (policy === "deny") return false;
    this.#look();
    return this.#watch.unverifiedForMs(this.#steady.nowMs()) <= policy.denyAfterMs;
  }

  // --- writing --------------------------------------------------------------------------------

  #remove(key: string, wanted: Acknowledge): Promise<Receipt> {
    this.counters.removal("key");
    const generation = this.#loop?.memo.generation?.id;
    if (generation !== undefined && this.#parts.store?.usable === true) {
      // Readers would refuse it anyway; this only gives the memory back sooner.
      this.#parts.store.dropCopy(generation, key).catch(() => this.counters.redisError("write"));
    }
    return this.#writes.delete(key, wanted);
  }

  #sweep(barrier: Barrier): void {
    const sweep = this.#sweeper.sweep(barrier.member);
    this.#sweeps.set(barrier.member, sweep);
    void sweep.then(() => {
      if (this.#sweeps.get(barrier.member) === sweep) this.#sweeps.delete(barrier.member);
    });
  }

  /** A copy waits for the disk: it goes with the next write, or shortly. */
  #dirtied(): void {
    if (this.#copyTimer !== null) return;
    this.#copyTimer = this.#parts.clock.after(copyDelayMs, () => {
      this.#copyTimer = null;
      this.disk.commit().catch(() => undefined);
    });
  }

  // --- the log --------------------------------------------------------------------------------

  #turned(): void {
    const { store, clock } = this.#parts;
    const up = store?.usable ?? false;
    if (store !== null && up !== this.#redisUp.up) {
      this.#redisUp = {
        up,
        sinceMs: clock.wallMs(),
        reason: up ? null : (this.#redisUp.reason ?? "Redis does not answer"),
      };
      this.#event(up ? { t: "redis-up" } : { t: "redis-down", reason: this.#redisUp.reason ?? "" });
    }
    this.#look();
  }

  #failed(error: unknown): void {
    this.counters.redisError("log");
    this.#redisUp = {
      ...this.#redisUp,
      reason: error instanceof Error ? error.message : String(error),
    };
  }

  #look(): void {
    const because = this.#loop?.unverifiedBecause() ?? null;
    if (!this.#watch.look(because, this.#steady.nowMs())) return;
    this.#event(because === null ? { t: "verified" } : { t: "unverified", because });
  }

  #event(event: CacheEvent): void {
    this.#parts.options.onEvent(event);
  }

  #offsetMs(): number {
    return this.#loop?.memo.offsetMs ?? 0;
  }

  #yard(): Yard {
    const { horizonMs } = this.#parts.options;
    const sharedNowMs = this.#steady.nowMs() + this.#offsetMs();
    return {
      knowledge: this.knowledge,
      disk: this.disk,
      memberId: this.identity.memberId,
      horizonMs,
      sharedNowMs,
    };
  }

  // --- assembly -------------------------------------------------------------------------------

  /** What an earlier run left. Beyond the horizon removals may have been forgotten: only own ones are kept. */
  #firstMemo(): Memo {
    const memo = loadMemo(this.disk);
    const { store, options } = this.#parts;
    const aged =
      memo.lastReadMs !== null && this.#steady.startMs - memo.lastReadMs > options.horizonMs;
    if (store === null || !aged) return memo;
    this.disk.dropAll();
    this.#event({ t: "horizon-passed", lastReadMs: memo.lastReadMs });
    const fresh: Memo = { ...memo, lastReadMs: null, said: true };
    saveMemo(this.disk, fresh);
    return fresh;
  }

  #makeLayers(): Layers {
    const { store, options } = this.#parts;
    return new Layers({
      disk: this.disk,
      knowledge: this.knowledge,
      store,
      memory: this.#memory,
      negatives: this.#negatives,
      counters: this.counters,
      nowMs: () => this.#steady.nowMs(),
      startMs: this.#steady.startMs,
      position: () => ({
        generation: this.#loop?.memo.generation?.id ?? null,
        cursor: this.#loop?.memo.cursor ?? 0,
        offsetMs: this.#offsetMs(),
      }),
      verified: () => this.#verified(),
      servable: (key) => this.#servable(key),
      copyOnRead: options.copyOnRead,
      dirtied: () => this.#dirtied(),
    });
  }

  #makeLoop(store: SharedStore, memo: Memo): LogLoop {
    const { options, clock, random, step } = this.#parts;
    return new LogLoop({
      store,
      disk: this.disk,
      knowledge: this.knowledge,
      clock,
      random,
      memberId: this.identity.memberId,
      currencyMs: options.currencyMs,
      horizonMs: options.horizonMs,
      steadyMs: () => this.#steady.nowMs(),
      memo,
      events: {
        generation: ({ ordinal, id }, because) =>
          this.#event({ t: "generation", ordinal, id, because }),
        read: () => undefined,
        failed: (error) => this.#failed(error),
        undecodable: (member) => this.counters.undecodable(member),
      },
      step,
    });
  }

  #makeWrites(): Writes {
    const { store, options, clock, step } = this.#parts;
    return new Writes({
      disk: this.disk,
      knowledge: this.knowledge,
      clock,
      memberId: this.identity.memberId,
      loop: this.#loop,
      alone: this.#alone,
      nowMs: () => this.#steady.nowMs(),
      sharedNowMs: () => this.#steady.nowMs() + this.#offsetMs(),
      nextOperation: () => this.identity.nextOperation(),
      replicated: () =>
        store === null ? Promise.resolve(0) : store.replicated(catchUpMs).catch(() => 0),
      acknowledgeTimeoutMs: 3 * options.currencyMs + 1_000,
      maxUnpublished: options.maxUnpublished,
      maxRows: options.maxRows,
      step,
    });
  }

  #makeFetcher(): Fetcher {
    const { options, clock, random } = this.#parts;
    return createFetcher({
      tiers: this.#tiers,
      clock,
      random,
      policyFor: options.policyFor,
      horizonMs: options.maxAgeMs,
      limiter: { perSecond: options.warmStartPerSecond },
      counters: this.counters,
    });
  }

  #makeHousekeeping(): Housekeeping {
    const { durable, store, clock, options, yieldLoop } = this.#parts;
    return new Housekeeping({
      durable,
      disk: this.disk,
      knowledge: this.knowledge,
      store,
      clock,
      nowMs: () => this.#steady.nowMs(),
      jumped: () => this.#steady.jumped,
      generation: () => this.#loop?.memo.generation?.id ?? null,
      maxBytes: options.maxBytes,
      seen: () => {
        this.identity.seen(this.#steady.nowMs());
        if (this.#loop !== null) saveMemo(this.disk, { ...this.#loop.memo, said: false });
      },
      yieldLoop,
      evicted: (copies) => this.counters.evicted(copies),
    });
  }
}
