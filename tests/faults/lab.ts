import {
  type FaultProxy,
  type RedisOptions,
  type RedisServer,
  type ReplicatedPair,
  type SmallDisk,
  smallDisk,
  startFaultProxy,
  startRedis,
  startReplicatedPair,
  temporaryDirectory,
} from "@holdfast/testkit";
import { Instance } from "./instance.js";
import type { InstanceOptions } from "./instance-options.js";
import { acquainted } from "./states.js";

/** How an instance is told where Redis is. */
interface Reachable {
  readonly url: string;
}

const currencyMs = 1_000;

/** What a test of a fault takes; released in reverse order when the test ends. */
export class Lab implements AsyncDisposable {
  readonly #releases: (() => PromiseLike<void>)[] = [];

  redis(options?: RedisOptions): Promise<RedisServer> {
    return this.#own(startRedis(options));
  }

  pair(options?: RedisOptions): Promise<ReplicatedPair> {
    return this.#own(startReplicatedPair(options));
  }

  proxy(redis: RedisServer): Promise<FaultProxy> {
    return this.#own(startFaultProxy({ targetPort: redis.port }));
  }

  disk(sizeBytes: number): Promise<SmallDisk> {
    return this.#own(smallDisk({ sizeBytes }));
  }

  async directory(): Promise<string> {
    return (await this.#own(temporaryDirectory())).path;
  }

  /** In a directory of its own unless the options name one; `auth` is served unverified, `gate` never. */
  async instance(
    redis: Reachable | null,
    options: Partial<InstanceOptions> = {},
  ): Promise<Instance> {
    const starting = Instance.start({
      directory: options.directory ?? (await this.directory()),
      currencyMs,
      namespaces: { gate: { whenUnverified: "deny" } },
      ...(redis === null ? {} : { redis: { url: redis.url } }),
      ...options,
    });
    return this.#own(starting);
  }

  /** One instance for each place at which Redis is reached; resolves once all know each other. */
  async fleet<Places extends readonly Reachable[]>(
    ...places: Places
  ): Promise<{ [Place in keyof Places]: Instance }> {
    const started = await Promise.all(places.map((place) => this.instance(place)));
    await acquainted(...started);
    return started as { [Place in keyof Places]: Instance };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const release of this.#releases.splice(0).reverse()) await release();
  }

  async #own<T extends AsyncDisposable>(starting: Promise<T>): Promise<T> {
    const owner = await starting;
    this.#releases.push(() => owner[Symbol.asyncDispose]());
    return owner;
  }
}
