import type {
  Answer,
  CacheStatus,
  FetchPolicy,
  MetricSample,
  Peek,
  Receipt,
  RemovalReceipt,
  RemovalTarget,
  RemoveOptions,
  SetOptions,
} from "@holdfast/cache";
import { type Child, startChild } from "@holdfast/testkit";
import type { InstanceOptions } from "./instance-options.js";
import type { FetchLoad, Figures, MixedLoad } from "./traffic.js";

const entry = new URL("./instance.child.ts", import.meta.url);

/** A process that runs one cache, as a test sees it from outside. */
export class Instance implements AsyncDisposable {
  readonly options: InstanceOptions;
  #child: Child;

  private constructor(options: InstanceOptions, child: Child) {
    this.options = options;
    this.#child = child;
  }

  /** Starts a process and the cache in it; the cache never waits for Redis. */
  static async start(options: InstanceOptions): Promise<Instance> {
    return new Instance(options, await startedChild(options));
  }

  /** A new process on the same directory, after the old one was killed where it still ran. */
  async restart(changed: Partial<InstanceOptions> = {}): Promise<void> {
    await this.kill();
    this.#child = await startedChild({ ...this.options, ...changed });
  }

  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void> {
    return this.#child.kill();
  }

  /** Resolves when the process has ended by itself, with the signal that ended it. */
  async ended(): Promise<NodeJS.Signals | null> {
    return (await this.#child.exited).signal;
  }

  /** SIGSTOP. */
  freeze(): void {
    this.#child.freeze();
  }

  /** SIGCONT. */
  thaw(): void {
    this.#child.thaw();
  }

  get<T = unknown>(key: string): Promise<T | null> {
    return this.#child.ask("get", key);
  }

  set(key: string, value: unknown, ttlSeconds: number, options: SetOptions = {}): Promise<Receipt> {
    return this.#child.ask("set", key, value, ttlSeconds, options);
  }

  delete(key: string, options: RemoveOptions = {}): Promise<Receipt> {
    return this.#child.ask("delete", key, options);
  }

  invalidate(target: RemovalTarget, options: RemoveOptions = {}): Promise<RemovalReceipt> {
    return this.#child.ask("invalidate", target, options);
  }

  /** A fetch whose loader answers `value`. */
  fetch<T>(key: string, value: T, policy: FetchPolicy = {}): Promise<Answer<T>> {
    return this.#child.ask("fetch", key, value, policy);
  }

  /** How often a loader was called. */
  loads(): Promise<number> {
    return this.#child.ask("loads");
  }

  peek(key: string): Promise<Peek | null> {
    return this.#child.ask("peek", key);
  }

  status(): Promise<CacheStatus> {
    return this.#child.ask("status");
  }

  /** The names of everything that it would have written to a log. */
  events(): Promise<readonly string[]> {
    return this.#child.ask("events");
  }

  /** The sum of a metric over all labels that the filter does not exclude. */
  async metric(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const samples = await this.#child.ask<readonly MetricSample[]>("metrics");
    const counted = samples.filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
    return counted.reduce((sum, sample) => sum + sample.value, 0);
  }

  /** Its name among the members. */
  async id(): Promise<string> {
    const { members } = await this.status();
    const own = members.find((member) => member.self);
    if (own === undefined) throw new Error("Cannot name the instance: Redis does not know it yet");
    return own.id;
  }

  stop(): Promise<void> {
    return this.#child.ask("stop");
  }

  /** Time passes for it. */
  advance(ms: number): Promise<void> {
    return this.#child.ask("advance", ms);
  }

  /** Its wall clock alone is set. */
  jumpWall(ms: number): Promise<void> {
    return this.#child.ask("jumpWall", ms);
  }

  /** From now on it kills itself where it comes to that step. */
  crashAt(step: string): Promise<void> {
    return this.#child.ask("crashAt", step);
  }

  mixAtRate(load: MixedLoad): Promise<Figures> {
    return this.#child.ask("mixAtRate", load);
  }

  fetchAtRate(load: FetchLoad): Promise<Figures & { readonly loads: number }> {
    return this.#child.ask("fetchAtRate", load);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}

async function startedChild(options: InstanceOptions): Promise<Child> {
  const child = await startChild({ entry, askDeadlineMs: 120_000 });
  try {
    await child.ask("start", options);
    return child;
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
}
