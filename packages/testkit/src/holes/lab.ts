import type { Child, ChildOptions } from "../child/child.js";
import { startChild } from "../child/child.js";
import { type SmallDisk, smallDisk } from "../files/small-disk.js";
import { temporaryDirectory } from "../files/temporary-directory.js";
import { type FaultProxy, startFaultProxy } from "../proxy/fault-proxy.js";
import { type RedisOptions, type RedisServer, startRedis } from "../redis/redis-server.js";
import { before } from "../wait/before.js";
import { eventually } from "../wait/eventually.js";
import type { HoleCache, HolePlace, HoleSubject } from "./subject.js";

const subjectEntry = new URL("./subject-child.ts", import.meta.url);

/** What the holes of one run take, released in reverse order when the run ends. */
export class Lab implements AsyncDisposable {
  readonly #releases: (() => Promise<void>)[] = [];
  /** The module that a child imports to make subjects of its own. */
  readonly subjectsUrl: URL;

  constructor(subjectsUrl: URL) {
    this.subjectsUrl = subjectsUrl;
  }

  redis(options?: RedisOptions): Promise<RedisServer> {
    return this.#own(startRedis(options));
  }

  proxy(redis: RedisServer): Promise<FaultProxy> {
    return this.#own(startFaultProxy({ targetPort: redis.port }));
  }

  async directory(): Promise<string> {
    return (await this.#own(temporaryDirectory())).path;
  }

  disk(sizeBytes: number): Promise<SmallDisk> {
    return this.#own(smallDisk({ sizeBytes }));
  }

  child(options: ChildOptions): Promise<Child> {
    return this.#own(startChild(options));
  }

  /** A process in which that cache can be opened and used by asking. */
  subjectChild(subject: HoleSubject, env: Readonly<Record<string, string>> = {}): Promise<Child> {
    return this.child({ entry: subjectEntry, args: [this.subjectsUrl.href, subject.name], env });
  }

  /** Opens a cache in a directory of its own unless `place` names one. */
  async open(subject: HoleSubject, place: Partial<HolePlace> = {}): Promise<HoleCache> {
    const directory = place.directory ?? (await this.directory());
    const cache = await before(subject.open({ ...place, directory }), 10_000, "open a cache");
    this.closing(cache);
    if (place.redisUrl !== undefined) await settled(cache);
    return cache;
  }

  /** Stops the cache at the end; one that does not end is left behind. */
  closing(cache: HoleCache): void {
    this.#releases.push(() => before(cache.stop(), 10_000, "stop a cache").catch(() => undefined));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const release of this.#releases.splice(0).reverse()) {
      // One that cannot be released must not keep the others.
      await release().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, "Cannot leave the lab as it was");
  }

  async #own<T extends AsyncDisposable>(starting: Promise<T>): Promise<T> {
    const owner = await starting;
    this.#releases.push(async () => owner[Symbol.asyncDispose]());
    return owner;
  }
}

/** Resolves once every cache has Redis in use and nothing left to say; fails after 10 s. */
export async function settled(...caches: readonly HoleCache[]): Promise<void> {
  for (const cache of caches) await eventually(() => cache.isSettled(), { withinMs: 10_000 });
}

/** Resolves once the cache knows that Redis is away, or after a second: some need not know. */
export async function noticed(cache: HoleCache): Promise<void> {
  await eventually(() => !cache.usesRedis(), { withinMs: 1_000 }).catch(() => undefined);
}
