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
import type { CoreParts } from "./core-parts.js";
import type { Disk } from "./disk/disk.js";
import { createFetcher, type Fetcher } from "./fetch/fetcher.js";
import { Ground } from "./ground.js";
import { Housekeeping } from "./housekeeping.js";
import type { Identity } from "./identity.js";
import { gaugesOf } from "./metrics/gauges.js";
import { invalidOption } from "./options-check.js";
import { Reads } from "./reads.js";
import { RedisFirst } from "./redis-first.js";
import type { Knowledge } from "./replica/knowledge.js";
import type { PendingItem } from "./replica/pending.js";
import { acknowledgeLevel, literalKey } from "./rules/arguments.js";
import { checkKey, kindOf } from "./rules/key.js";
import { checkedTags } from "./rules/tag.js";
import { ttlMs } from "./rules/ttl.js";
import { encodeText } from "./rules/value.js";
import { statusOf } from "./status.js";
import { barrierMember, Writes } from "./writes.js";

const maxKeys = 1_000;
const replicaWaitMs = 50;

/** A running cache over an open disk and a shared store. */
export class CacheCore implements Omit<Cache, "start" | "stop"> {
  readonly #ground: Ground;
  readonly #reads: Reads;
  readonly #fetcher: Fetcher;
  readonly #writes: Writes;
  readonly #housekeeping: Housekeeping;

  constructor(parts: CoreParts) {
    this.#ground = new Ground(parts);
    const { layers, outlook, counters } = this.#ground;
    const { options, clock, random } = parts;
    const tiers = options.order === "redis-first" ? new RedisFirst(layers) : layers;
    this.#reads = new Reads(tiers, outlook, counters);
    this.#writes = this.#makeWrites();
    this.#fetcher = createFetcher({
      tiers,
      clock,
      random,
      policyFor: (key, policy) => options.policyFor(key, policy),
      horizonMs: (key) => options.maxAgeMs(key),
      copyOnRead: (key) => options.copyOnRead(key),
      limiter: { perSecond: options.warmStartPerSecond },
      counters,
    });
    this.#housekeeping = this.#makeHousekeeping();
  }

  get disk(): Disk {
    return this.#ground.disk;
  }

  get knowledge(): Knowledge {
    return this.#ground.knowledge;
  }

  get identity(): Identity {
    return this.#ground.identity;
  }

  /** Begins to talk to the shared store; waits for nothing, so that the first answer does not either. */
  begin(): void {
    this.#ground.loop?.kick();
    // What the start put goes before every write that depends on it: units are committed in order.
    this.disk.commit().catch(() => undefined);
  }

  /** Ends everything but the disk and the store, which are the caller's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#fetcher.stop();
    await this.#housekeeping[Symbol.asyncDispose]();
    await this.#ground[Symbol.asyncDispose]();
  }

  /**
   * Takes the instance off the list of members, after everything else of it has ended. Where the disk
   * does not know what was published, the record stays until its lease runs out: it is all that tells
   * the next run.
   */
  async leave(): Promise<void> {
    const { parts, kept, loop, identity } = this.#ground;
    if (parts.store === null || !kept) return;
    try {
      await parts.store.leave(identity.memberId);
    } catch {
      return;
    }
    loop?.left();
    await this.disk.commit().catch(() => undefined);
  }

  /** Goes over to another file in place of one that was given up. */
  moveTo(durable: Durable, home: string): void {
    this.#ground.moveTo(durable, home);
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
    this.#ground.loop?.kick();
  }

  /** Waits until everything is published, at most `timeoutMs`. */
  async drain(timeoutMs: number): Promise<void> {
    const loop = this.#ground.loop;
    if (loop === null || this.knowledge.pending.size === 0) return;
    loop.kick();
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        cancel();
        stop();
        resolve();
      };
      const cancel = this.#ground.parts.clock.after(timeoutMs, finish);
      const stop = loop.onTurn(() => {
        if (this.knowledge.pending.size === 0) finish();
      });
    });
  }

  get<T = unknown>(key: string): Promise<T | null>;
  async get(key: string): Promise<unknown> {
    checkKey(key);
    const quick = this.#reads.quick(key);
    if (quick !== undefined) return quick.value;
    return (await this.#reads.read(key))?.value ?? null;
  }

  getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>>;
  async getMany(keys: readonly string[]): Promise<Map<string, unknown>> {
    if (!Array.isArray(keys) || keys.length > maxKeys) {
      throw invalidOption("keys", keys, `an array of at most ${maxKeys} keys`);
    }
    for (const [index, key] of keys.entries()) checkKey(key, `keys[${index}]`);
    const found = new Map<string, unknown>();
    await Promise.all(
      keys.map(async (key) => {
        const answer = this.#reads.quick(key) ?? (await this.#reads.read(key));
        if (answer !== null) found.set(key, answer.value);
      }),
    );
    return found;
  }

  async set(
    key: string,
    value: unknown,
    ttlSeconds: number,
    options: SetOptions = {},
  ): Promise<Receipt> {
    checkKey(key);
    const ttl = ttlMs(ttlSeconds, this.#ground.parts.options.maxAgeMs(key));
    const wanted = acknowledgeLevel(options);
    const tags = checkedTags(options.tags);
    const text = encodeText(value);
    this.#ground.counters.set(kindOf(key));
    if (options.copy !== true) return this.#writes.set(key, text, ttl, tags, wanted);
    this.#ground.layers.keepCopy(key, text, ttl, tags);
    return { operation: `${this.identity.memberId}:copy`, acknowledged: "memory" };
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
      const matched = this.#ground.layers.held(key) === null ? 0 : 1;
      return { ...(await this.#remove(key, wanted)), matched };
    }
    if ("key" in target)
      throw invalidOption("target", target, "a key, a glob, a tag or a namespace");
    const member = barrierMember(target);
    this.#ground.counters.removal("barrier");
    const carried = this.#writes.invalidate(member, wanted);
    const swept = this.#ground.swept(member);
    return { ...(await carried.receipt), matched: carried.dropped + (await swept) };
  }

  fetch<T>(key: string, loader: Loader<T>, policy?: FetchPolicy): Promise<Answer<T>> {
    try {
      checkKey(key);
    } catch (error) {
      return Promise.reject(error);
    }
    if (this.#ground.outlook.overdue())
      return this.#ground.outlook.catchUp().then(() => this.#fetcher.fetch(key, loader, policy));
    return this.#fetcher.fetch(key, loader, policy);
  }

  async peek(key: string): Promise<Peek | null> {
    checkKey(key);
    const found = this.#ground.layers.peekLocal(key);
    if (found === undefined) return null;
    const held = this.#ground.layers.held(key);
    const nowMs = this.#ground.steady.nowMs();
    const place = this.#ground.layers.placeOf(key, held);
    return {
      value: found.value,
      kind: found.kind,
      layer: found.layer,
      age: nowMs < found.freshUntilMs ? "fresh" : "stale",
      ageMs: Math.max(0, nowMs - found.storedAtMs),
      freshForMs: Math.max(0, found.freshUntilMs - nowMs),
      goneInMs: Math.max(0, found.goneAtMs - nowMs),
      currency: this.#ground.outlook.verified() ? "verified" : "unverified",
      tags: held?.tags ?? [],
      position:
        place === null || place.generation === null
          ? null
          : { generation: place.generation, seq: place.seq },
    };
  }

  status(): CacheStatus {
    const { outlook, parts, steady, loop, identity, knowledge, memory } = this.#ground;
    outlook.look();
    return statusOf({
      watch: outlook.watch,
      redis: outlook.redis,
      disk: this.disk.durable.writeState(),
      diskLost: this.#ground.diskLost,
      startedAtMs: steady.startMs,
      memo: loop?.memo ?? null,
      members: loop?.members ?? [],
      memberId: identity.memberId,
      unpublished: knowledge.pending.size,
      barriers: knowledge.barriers.size,
      memory: { entries: memory.size, bytes: memory.bytes, maxBytes: parts.options.memoryMaxBytes },
      slot: parts.slot,
    });
  }

  metrics(): readonly MetricSample[] {
    return [...this.#ground.counters.samples(), ...gaugesOf(this.status())];
  }

  /** An entry of the shared store did not check. */
  forged(key: string): void {
    this.#ground.counters.integrityFailure();
    this.#ground.parts.options.onEvent({ t: "forged", key });
  }

  /** One round of what is done every minute. */
  tidy(): Promise<void> {
    return this.#housekeeping.round();
  }

  #remove(key: string, wanted: Acknowledge): Promise<Receipt> {
    const { counters, generation, parts } = this.#ground;
    counters.removal("key");
    if (generation !== null && parts.store?.usable === true) {
      // Readers would refuse it anyway; this only gives the memory back sooner.
      parts.store.dropCopy(generation, key).catch(() => counters.redisError("write"));
    }
    return this.#writes.delete(key, wanted);
  }

  #makeWrites(): Writes {
    const { disk, knowledge, identity, loop, alone, steady, parts } = this.#ground;
    const { store, options, clock, step } = parts;
    return new Writes({
      disk,
      knowledge,
      clock,
      memberId: identity.memberId,
      loop,
      alone,
      nowMs: () => steady.nowMs(),
      sharedNowMs: () => steady.nowMs() + this.#ground.offsetMs,
      nextOperation: () => identity.nextOperation(),
      replicated: () => store?.replicated(replicaWaitMs).catch(() => 0) ?? Promise.resolve(0),
      publishTimeoutMs: 3 * options.currencyMs + 1_000,
      // A member that has not read the log for so long is not verified by its own clock (R2), so that
      // waiting on, until its lease has run out as well, would tell the caller little more.
      membersTimeoutMs: options.currencyMs,
      maxUnpublished: options.maxUnpublished,
      maxRows: options.maxRows,
      step,
    });
  }

  #makeHousekeeping(): Housekeeping {
    const { disk, knowledge, steady, counters, parts } = this.#ground;
    const { store, clock, options, yieldLoop } = parts;
    return new Housekeeping({
      disk,
      knowledge,
      store,
      clock,
      nowMs: () => steady.nowMs(),
      jumped: () => steady.jumped,
      generation: () => this.#ground.generation,
      maxBytes: options.maxBytes,
      seen: () => this.#ground.remember(),
      yieldLoop,
      evicted: (copies) => counters.evicted(copies),
    });
  }
}
