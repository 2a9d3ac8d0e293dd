import { statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Durable, deriveKey, openDurable, type Slot, takeSlot } from "@holdfast/sqlite";
import { adoptAbandoned } from "./adoption.js";
import type {
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
import { CacheCore } from "./cache-core.js";
import { CacheError } from "./cache-error.js";
import { bareValues, type ValueCover } from "./disk/disk.js";
import { migrations, statements } from "./disk/schema.js";
import { sealedValues } from "./disk/sealed-values.js";
import type { SharedStore } from "./log/shared-store.js";
import { type CacheOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import type { RedisStoreOptions } from "./redis/redis-options.js";
import { connectRedis } from "./redis/redis-store.js";
import { SignedStore } from "./redis/signed-store.js";

/** How long `stop` goes on publishing. */
const drainMs = 1_000;
const release = "0.1";

/** Makes a cache; `start` opens it. Bad options throw at once. */
export function createCache(options: CacheOptions): Cache {
  return new HoldfastCache(resolveOptions(options));
}

/** What is open while the cache runs. */
interface Running {
  readonly core: CacheCore;
  readonly durable: Durable;
  readonly slot: Slot;
  readonly store: SharedStore | null;
}

type State =
  | { readonly t: "new" }
  | { readonly t: "starting"; readonly started: Promise<void> }
  | { readonly t: "running"; readonly running: Running }
  | { readonly t: "stopped" };

class HoldfastCache implements Cache {
  readonly #options: ResolvedOptions;
  #state: State = { t: "new" };
  /** The core while the cache runs; kept apart from the state because every read asks for it. */
  #core: CacheCore | null = null;
  #adopting: Promise<void> = Promise.resolve();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#state.t === "running") return;
    if (this.#state.t === "stopped") throw notRunning("start");
    if (this.#state.t === "new") this.#state = { t: "starting", started: this.#open() };
    if (this.#state.t === "starting") await this.#state.started;
  }

  async stop(): Promise<void> {
    const state = this.#state;
    if (state.t === "starting") await state.started;
    if (this.#state.t !== "running") {
      this.#state = { t: "stopped" };
      return;
    }
    const { core, durable, slot, store } = this.#state.running;
    await this.#adopting;
    await core.drain(drainMs);
    this.#core = null;
    this.#state = { t: "stopped" };
    await core[Symbol.asyncDispose]();
    if (store !== null) {
      await store.leave(core.identity.memberId).catch(() => undefined);
      await store[Symbol.asyncDispose]();
    }
    await durable.close();
    await slot[Symbol.asyncDispose]();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  get<T = unknown>(key: string): Promise<T | null> {
    return this.#core?.get<T>(key) ?? refuse("get");
  }

  getMany<T = unknown>(keys: readonly string[]): Promise<Map<string, T>> {
    return this.#core?.getMany<T>(keys) ?? refuse("get");
  }

  set(key: string, value: unknown, ttlSeconds: number, options?: SetOptions): Promise<Receipt> {
    return this.#core?.set(key, value, ttlSeconds, options) ?? refuse("set");
  }

  delete(key: string, options?: RemoveOptions): Promise<Receipt> {
    return this.#core?.delete(key, options) ?? refuse("delete");
  }

  delMatching(glob: string, options?: RemoveOptions): Promise<number> {
    return this.#core?.delMatching(glob, options) ?? refuse("delete");
  }

  invalidate(target: RemovalTarget, options?: RemoveOptions): Promise<RemovalReceipt> {
    return this.#core?.invalidate(target, options) ?? refuse("invalidate");
  }

  fetch<T>(key: string, loader: Loader<T>, policy?: FetchPolicy): Promise<Answer<T>> {
    return this.#core?.fetch(key, loader, policy) ?? refuse("fetch");
  }

  peek(key: string): Promise<Peek | null> {
    return this.#core?.peek(key) ?? refuse("peek");
  }

  status(): CacheStatus {
    if (this.#core === null) throw notRunning("tell its status");
    return this.#core.status();
  }

  metrics(): readonly MetricSample[] {
    if (this.#core === null) throw notRunning("tell its metrics");
    return this.#core.metrics();
  }

  async #open(): Promise<void> {
    const { directory, redis, clock, random } = this.#options;
    const slot = takeSlot(directory);
    const durable = await openDurable({
      directory: slot.directory,
      name: "cache",
      role: "copy",
      migrations,
      statements,
      writtenBy: release,
    });
    this.#tellOpening(durable);
    const store = redis === null ? null : this.#connect(redis);
    const core = new CacheCore({
      durable,
      store,
      options: this.#options,
      clock,
      random,
      home: homeOf(durable.path),
      slot: slot.index,
      yieldLoop: () => nextTurn(),
      cover: this.#cover(),
      step: () => undefined,
    });
    this.#state = { t: "running", running: { core, durable, slot, store } };
    await core.begin();
    this.#core = core;
    if (store !== null) this.#adopting = this.#adopt(core, slot.index);
  }

  #connect(redis: RedisStoreOptions): SharedStore {
    const { fleetKeys, onEvent } = this.#options;
    const store = connectRedis(redis);
    if (fleetKeys.length === 0) return store;
    const keys = fleetKeys.map((key) => deriveKey(key, "holdfast cache: entries in Redis"));
    return new SignedStore(store, {
      keys,
      prefix: redis.prefix ?? "holdfast",
      forged: (key) => onEvent({ t: "forged", key }),
    });
  }

  #cover(): ValueCover {
    const [current, previous] = this.#options.fleetKeys;
    return this.#options.seal && current !== undefined
      ? sealedValues(current, previous)
      : bareValues;
  }

  #tellOpening(durable: Durable): void {
    const { onEvent } = this.#options;
    if (durable.opening.t === "replaced")
      onEvent({ t: "disk-replaced", damagedPath: durable.opening.damagedPath });
    durable.onWriteState((state) => {
      onEvent(
        state.t === "writable"
          ? { t: "disk-writable" }
          : { t: "disk-refuses", reason: state.error.message },
      );
    });
  }

  /** Beside the work: what ended processes of the same directory left unpublished is published from here. */
  async #adopt(core: CacheCore, own: number): Promise<void> {
    const { directory, onEvent } = this.#options;
    try {
      await adoptAbandoned(directory, own, this.#cover(), async ({ slot, items }) => {
        await core.adopt(items);
        onEvent({ t: "slot-adopted", slot, operations: items.length });
      });
    } catch (cause) {
      onEvent({ t: "slot-not-adopted", cause });
    }
  }
}

/** A file that was copied is another one to the file system. */
function homeOf(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

function refuse(act: string): Promise<never> {
  return Promise.reject(notRunning(act));
}

function notRunning(act: string): CacheError {
  return new CacheError("stopped", `Cannot ${act}: the cache is not running, call start() first`);
}
