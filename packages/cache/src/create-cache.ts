import { statSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Durable, openDurable, type Slot, SqliteError, takeSlot } from "@holdfast/sqlite";
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
import { migrations, statements } from "./disk/schema.js";
import { bareValues, type ValueCover } from "./disk/value-cover.js";
import type { SharedStore } from "./log/shared-store.js";
import { type CacheOptions, type ResolvedOptions, resolveOptions } from "./options.js";
import type { RedisStoreOptions } from "./redis/redis-options.js";
import { Renewal } from "./renewal.js";

/** How long `stop` goes on publishing. */
const drainMs = 1_000;
const release = "0.1";
const defaultPrefix = "holdfast";

/** Makes a cache; `start` opens it. Bad options throw at once. */
export function createCache(options: CacheOptions): Cache {
  return new HoldfastCache(resolveOptions(options), () => undefined);
}

/** As {@link createCache}, for tests: `step` is called at each dangerous step by its name. */
export function createSteppedCache(options: CacheOptions, step: (name: string) => void): Cache {
  return new HoldfastCache(resolveOptions(options), step);
}

/** What is open while the cache runs. */
interface Running {
  readonly core: CacheCore;
  /** Has the file, and closes it. */
  readonly renewal: Renewal;
  readonly slot: Slot;
  readonly store: SharedStore | null;
}

type State =
  | { readonly t: "new" }
  | { readonly t: "starting"; readonly started: Promise<void> }
  | { readonly t: "running"; readonly running: Running }
  | { readonly t: "stopped"; readonly stopped: Promise<void> };

class HoldfastCache implements Cache {
  readonly #options: ResolvedOptions;
  #state: State = { t: "new" };
  /** The core while the cache runs; kept apart from the state because every read asks for it. */
  #core: CacheCore | null = null;
  #adopting: Promise<AsyncDisposable | null> = Promise.resolve(null);

  readonly #step: (name: string) => void;

  constructor(options: ResolvedOptions, step: (name: string) => void) {
    this.#options = options;
    this.#step = step;
  }

  async start(): Promise<void> {
    if (this.#state.t === "stopped") throw notRunning("start");
    if (this.#state.t === "new") this.#state = { t: "starting", started: this.#start() };
    if (this.#state.t === "starting") await this.#state.started;
  }

  async stop(): Promise<void> {
    if (this.#state.t === "starting") await this.#state.started.catch(() => undefined);
    if (this.#state.t === "running") {
      this.#state = { t: "stopped", stopped: this.#close(this.#state.running) };
    }
    if (this.#state.t === "stopped") await this.#state.stopped;
    else this.#state = { t: "stopped", stopped: Promise.resolve() };
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

  /** A start that fails can be tried again: nothing of it stays. */
  async #start(): Promise<void> {
    try {
      const running = await this.#open();
      running.core.begin();
      this.#state = { t: "running", running };
      this.#core = running.core;
      if (running.store !== null) this.#adopting = this.#adopt(running.core, running.slot.index);
    } catch (error) {
      this.#state = { t: "new" };
      throw error;
    }
  }

  async #open(): Promise<Running> {
    const slot = this.#takeSlot();
    try {
      const [name, cover, connect] = await Promise.all([
        fileName(this.#options.redis),
        this.#cover(),
        this.#connector(),
      ]);
      const open = (): Promise<Durable> =>
        openDurable({
          directory: slot.directory,
          name,
          role: "copy",
          migrations,
          statements,
          writtenBy: release,
        });
      const store = connect();
      try {
        return await this.#openOn(open, slot, (durable) =>
          this.#compose(durable, slot, cover, store),
        );
      } catch (error) {
        await store?.[Symbol.asyncDispose]();
        throw error;
      }
    } catch (error) {
      await slot[Symbol.asyncDispose]();
      throw openingError(error);
    }
  }

  /** Damage can show once the file is in use: the next opening looks at all of it, and replaces it. */
  async #openOn(
    open: () => Promise<Durable>,
    slot: Slot,
    compose: (durable: Durable) => Omit<Running, "slot" | "renewal">,
  ): Promise<Running> {
    for (let again = true; ; again = false) {
      const durable = await open();
      try {
        const composed = compose(durable);
        return { ...composed, slot, renewal: this.#renewing(composed.core, durable, open) };
      } catch (error) {
        await durable.close();
        const isDamaged = error instanceof SqliteError && error.code === "damaged";
        if (!isDamaged || !again) throw error;
      }
    }
  }

  #renewing(core: CacheCore, durable: Durable, open: () => Promise<Durable>): Renewal {
    const { clock, onEvent } = this.#options;
    return new Renewal({
      durable,
      open,
      clock,
      use: (renewed) => {
        this.#tellOpening(renewed);
        core.moveTo(renewed, homeOf(renewed.path));
      },
      failed: (cause) =>
        onEvent({
          t: "disk-refuses",
          reason: cause instanceof Error ? cause.message : String(cause),
        }),
    });
  }

  #takeSlot(): Slot {
    try {
      return takeSlot(this.#options.directory);
    } catch (error) {
      throw openingError(error);
    }
  }

  #compose(
    durable: Durable,
    slot: Slot,
    cover: ValueCover,
    store: SharedStore | null,
  ): Omit<Running, "slot" | "renewal"> {
    const { clock, random } = this.#options;
    this.#tellOpening(durable);
    const core = new CacheCore({
      durable,
      store,
      options: this.#options,
      clock,
      random,
      home: homeOf(durable.path),
      slot: slot.index,
      yieldLoop: () => nextTurn(),
      cover,
      step: this.#step,
    });
    return { core, store };
  }

  async #close({ core, renewal, slot, store }: Running): Promise<void> {
    await (await this.#adopting)?.[Symbol.asyncDispose]();
    await core.drain(drainMs);
    this.#core = null;
    await core[Symbol.asyncDispose]();
    await core.leave();
    await store?.[Symbol.asyncDispose]();
    await renewal[Symbol.asyncDispose]();
    await slot[Symbol.asyncDispose]();
  }

  /** What connects to the shared store. What only some caches need is imported by those. */
  async #connector(): Promise<() => SharedStore | null> {
    const { redis, fleetKeys, adoptPlain } = this.#options;
    if (redis === null) return () => null;
    const { connectStore } = await import("./connect-store.js");
    const forged = (key: string): void => this.#core?.forged(key);
    return () =>
      connectStore(redis, { prefix: redis.prefix ?? defaultPrefix, fleetKeys, adoptPlain, forged });
  }

  async #cover(): Promise<ValueCover> {
    const [current, previous] = this.#options.fleetKeys;
    if (!this.#options.seal || current === undefined) return bareValues;
    const { sealedValues } = await import("./disk/sealed-values.js");
    return sealedValues(current, previous);
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
  async #adopt(core: CacheCore, slot: number): Promise<AsyncDisposable | null> {
    const { directory, redis, clock, onEvent } = this.#options;
    const failed = (cause: unknown): void => onEvent({ t: "slot-not-adopted", cause });
    try {
      const { Adopter } = await import("./adopter.js");
      return new Adopter({
        directory,
        own: { slot, file: await fileName(redis) },
        cover: await this.#cover(),
        clock,
        take: async (abandoned) => {
          await core.adopt(abandoned.items);
          onEvent({ t: "slot-adopted", slot: abandoned.slot, operations: abandoned.items.length });
        },
        failed,
      });
    } catch (cause) {
      failed(cause);
      return null;
    }
  }
}

/** Caches with prefixes of their own never share a file, whatever directory they are given. */
async function fileName(redis: RedisStoreOptions | null): Promise<string> {
  const prefix = redis?.prefix ?? defaultPrefix;
  if (prefix === defaultPrefix) return "cache";
  const { createHash } = await import("node:crypto");
  return `cache-${createHash("sha256").update(prefix).digest("hex").slice(0, 12)}`;
}

/** A file that was copied is another one to the file system. */
function homeOf(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

/** What the ground floor says, in the words of this room. */
function openingError(error: unknown): unknown {
  if (!(error instanceof SqliteError)) return error;
  const code = error.code === "newer-schema" ? "newer-schema" : "disk";
  return new CacheError(code, `Cannot start the cache: ${error.message}`, { cause: error });
}

function refuse(act: string): Promise<never> {
  return Promise.reject(notRunning(act));
}

function notRunning(act: string): CacheError {
  return new CacheError("stopped", `Cannot ${act}: the cache is not running, call start() first`);
}
