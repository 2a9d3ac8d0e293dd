import { type Clock, type Random, systemClock } from "../clock.js";
import type {
  FoundReply,
  FoundRequest,
  LogPlace,
  PublishReply,
  PublishRequest,
  SharedStore,
  TailReply,
  TailRequest,
} from "../log/shared-store.js";
import type { PlainCopy, PlainReader } from "./adopting-store.js";
import { readPublishReply, readTailReply } from "./log-replies.js";
import { loadRedisClient, type RedisClientFactory } from "./redis-client.js";
import { RedisConnection } from "./redis-connection.js";
import type { RedisFailure } from "./redis-failure.js";
import { type RedisKeys, redisKeys } from "./redis-keys.js";
import { checkRedisOptions, type RedisSettings, type RedisStoreOptions } from "./redis-options.js";
import { type RedisScript, redisScript, runScript } from "./redis-script.js";
import { ReplicaWait } from "./replica-wait.js";
import { asInteger } from "./script-reply.js";
import { forgetLua } from "./scripts/forget.js";
import { foundLua } from "./scripts/found.js";
import { leaveLua } from "./scripts/leave.js";
import { publishLua } from "./scripts/publish.js";
import { tailLua } from "./scripts/tail.js";
import { WakeChannel } from "./wake-channel.js";

/** What the store takes from its surroundings. */
export interface RedisStoreGround {
  /** @default the machine's */
  readonly clock?: Clock;
  /** @default Math.random */
  readonly random?: Random;
  /** @default imports ioredis */
  readonly loadClient?: () => Promise<RedisClientFactory>;
}

/**
 * Begins to connect to Redis 6.2 or later, or Valkey, and returns at once; calls fail until the link
 * is there. In a cluster the log lives on one shard and copies spread over all.
 *
 * @throws CacheError `invalid-option`
 */
export function connectRedis(
  options: RedisStoreOptions,
  ground: RedisStoreGround = {},
): SharedStore & PlainReader {
  const { clock = systemClock, random = Math.random, loadClient = loadRedisClient } = ground;
  return new RedisStore(checkRedisOptions(options), { clock, random, loadClient });
}

const scripts = {
  tail: redisScript(tailLua),
  publish: redisScript(publishLua),
  found: redisScript(foundLua),
  forget: redisScript(forgetLua),
  leave: redisScript(leaveLua),
};

const droppedAfterMs = 86_400_000;
const quickRetry = { leastMs: 100, mostMs: 100 };
// At most so long that Redis is in use again within a second of its return.
const copiesRetry = { leastMs: 250, mostMs: 750 };

/**
 * The shared store in Redis, over three connections: a slow copy holds up no log, and a subscriber
 * cannot do anything else where the server speaks RESP2.
 */
class RedisStore implements SharedStore, PlainReader {
  readonly #keys: RedisKeys;
  readonly #log: RedisConnection;
  readonly #copies: RedisConnection;
  readonly #wake: RedisConnection;
  readonly #wakeChannel: WakeChannel;
  readonly #replicas: ReplicaWait;
  readonly #listeners: (() => void)[] = [];
  /** Of the latest caller, whose own wake-ups are skipped. */
  #memberId = "";

  constructor(settings: RedisSettings, ground: Required<RedisStoreGround>) {
    const { copyTimeoutMs, logTimeoutMs } = settings;
    const forLog = { callTimeoutMs: logTimeoutMs, stalls: false, holdOff: quickRetry };
    const forCopies = { callTimeoutMs: copyTimeoutMs, stalls: true, holdOff: copiesRetry };
    this.#keys = redisKeys(settings.prefix);
    this.#log = new RedisConnection(settings, { name: "log", ...forLog }, ground);
    this.#copies = new RedisConnection(settings, { name: "copies", ...forCopies }, ground);
    this.#wake = new RedisConnection(settings, { name: "wake", ...forLog }, ground);
    this.#replicas = new ReplicaWait(this.#log, Math.floor(logTimeoutMs / 2));
    this.#wakeChannel = new WakeChannel({
      connection: this.#wake,
      clock: ground.clock,
      channel: this.#keys.wake,
      onWake: (writer) => {
        if (writer === null || writer !== this.#memberId) this.#wakeUp();
      },
    });
    this.#log.onUp(() => this.#wakeUp());
    void this.#open(ground.loadClient);
  }

  get usable(): boolean {
    return this.#log.usable;
  }

  async tail(request: TailRequest): Promise<TailReply> {
    this.#memberId = request.memberId;
    const { generation, seq, log, rows, members } = this.#keys;
    const reply = await this.#run(
      "read the log",
      scripts.tail,
      [generation, seq, log, rows, members],
      [
        request.memberId,
        request.leaseMs,
        request.generation ?? "",
        request.cursor,
        request.said ? 1 : 0,
        request.limit,
        droppedAfterMs,
      ],
    );
    return readTailReply(reply);
  }

  async publish(request: PublishRequest): Promise<PublishReply> {
    this.#memberId = request.memberId;
    const { generation, seq, log, rows, members, wake } = this.#keys;
    const operations = request.operations.flatMap((operation) => [
      operation.member,
      operation.barrier ? 1 : 0,
      operation.token,
      operation.row,
      operation.operation,
    ]);
    const reply = await this.#run(
      "publish in the log",
      scripts.publish,
      [generation, seq, log, rows, members],
      [
        request.memberId,
        request.generation,
        request.cursor,
        request.tokenAtCursor ?? "",
        request.ownOperation,
        wake,
        ...operations,
      ],
    );
    return readPublishReply(reply);
  }

  async found(request: FoundRequest): Promise<FoundReply> {
    const { generation, seq, log, rows, wake } = this.#keys;
    const args = [request.expected ?? "", request.ordinal, request.id, wake, this.#memberId];
    const keys = [generation, seq, log, rows];
    const reply = await this.#run("found a generation in the log", scripts.found, keys, args);
    return { founded: asInteger(reply) === 1 };
  }

  async forget(generation: string, entries: readonly LogPlace[]): Promise<void> {
    const keys = [this.#keys.generation, this.#keys.log, this.#keys.rows];
    const places = entries.flatMap(({ member, seq }) => [member, seq]);
    await this.#run("forget entries of the log", scripts.forget, keys, [generation, ...places]);
  }

  async leave(memberId: string): Promise<void> {
    await this.#run("leave the members", scripts.leave, [this.#keys.members], [memberId]);
  }

  replicated(timeoutMs: number): Promise<number> {
    return this.#replicas.ask(timeoutMs);
  }

  async readCopy(generation: string, key: string): Promise<Uint8Array | undefined> {
    const name = this.#keys.copy(generation, key);
    const bytes = await this.#copies.call("read a copy", (client) => client.getBuffer(name));
    return bytes ?? undefined;
  }

  async readPlain(name: string): Promise<PlainCopy | undefined> {
    const [text, ttlMs, [seconds, micros]] = await this.#copies.call("read a plain key", (client) =>
      Promise.all([client.get(name), client.pttl(name), client.time()]),
    );
    if (text === null || ttlMs <= 0) return undefined;
    return { text, ttlMs, timeMs: Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000) };
  }

  async writeCopy(
    generation: string,
    key: string,
    bytes: Uint8Array,
    ttlMs: number,
  ): Promise<void> {
    const name = this.#keys.copy(generation, key);
    const value = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const expiryMs = Math.max(1, Math.floor(ttlMs));
    await this.#copies.call("write a copy", (client) => client.set(name, value, "PX", expiryMs));
  }

  async dropCopy(generation: string, key: string): Promise<void> {
    const name = this.#keys.copy(generation, key);
    await this.#copies.call("drop a copy", (client) => client.unlink(name));
  }

  onWake(listener: () => void): void {
    this.#listeners.push(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wakeChannel[Symbol.dispose]();
    const connections = [this.#log, this.#copies, this.#wake];
    await Promise.all(connections.map((connection) => connection[Symbol.asyncDispose]()));
  }

  async #open(loadClient: () => Promise<RedisClientFactory>): Promise<void> {
    const connections = [this.#log, this.#copies, this.#wake];
    try {
      const factory = await loadClient();
      for (const connection of connections) {
        const client = connection.open(factory);
        if (connection === this.#wake && client !== undefined) this.#wakeChannel.listenTo(client);
      }
    } catch (error) {
      for (const connection of connections) connection.refuse(noDriver(error));
    }
  }

  #run(
    act: string,
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    return this.#log.call(act, (client) => runScript(client, script, keys, args));
  }

  #wakeUp(): void {
    for (const listener of this.#listeners) listener();
  }
}

function noDriver(error: unknown): RedisFailure {
  const isAbsent =
    error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  const reason = isAbsent
    ? 'the package "ioredis" is not installed: npm install ioredis'
    : 'the package "ioredis" cannot be loaded';
  return { code: "unreachable", reason };
}
