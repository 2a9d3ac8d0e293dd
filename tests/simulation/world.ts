import type { Random } from "../../packages/cache/src/clock.js";
import type { PendingCall } from "../../packages/cache/src/testing/pending-call.js";
import { randomBelow, seededRandom } from "../../packages/cache/src/testing/seeded-random.js";
import { GroundTruth } from "./ground-truth.js";
import { Heartbeats } from "./heartbeats.js";
import { currencyMs, Instance, type LinkManner } from "./instance.js";
import type { Traffic } from "./link.js";
import { Server } from "./server.js";
import { Timers } from "./timers.js";
import type { Question } from "./upstream.js";

/** A client gives up on a call after this long. */
const commandTimeoutMs = 50;

/** What was found to be wrong. */
export class Broken extends Error {
  override readonly name = "Broken";
  readonly guarantee: string;

  constructor(guarantee: string, message: string) {
    super(`${guarantee}: ${message}`);
    this.guarantee = guarantee;
  }
}

/** Everything there is in a simulation, and how it moves. */
export class World {
  readonly truth: GroundTruth = new GroundTruth();
  readonly timers: Timers = new Timers();
  readonly random: Random;
  readonly instances: readonly Instance[];
  /** Loads that wait for their answer. */
  readonly questions: Question[] = [];
  /** Masters that are alive; the first stays when there is to be one. */
  servers: Server[];
  /** Until when two masters, or what they left, may excuse an answer. */
  splitUntilMs = 0;
  broken: Broken | null = null;
  readonly #trace: ((line: string) => void) | null;
  #servers = 0;

  /** Whether barriers are joined, so that more is removed than anybody was told to remove. */
  readonly joining: boolean;

  constructor(seed: number, trace: ((line: string) => void) | null, joining = false) {
    this.joining = joining;
    this.random = seededRandom(seed);
    this.#trace = trace;
    const first = new Server(this.timers, this.serverName(), new Heartbeats(currencyMs));
    this.servers = [first];
    const surroundings = {
      timers: this.timers,
      truth: this.truth,
      breaks: (guarantee: string, message: string) => this.breaks(guarantee, message),
      random: seededRandom(seed ^ 0x5bd1e995),
      order: this.random() < 0.8 ? ("local-first" as const) : ("redis-first" as const),
      denies: this.random() < 0.3,
    };
    const count = 2 + randomBelow(this.random, 3);
    this.instances = Array.from(
      { length: count },
      (_, number) => new Instance(number, first, surroundings),
    );
  }

  get nowMs(): number {
    return this.timers.nowMs;
  }

  get tracing(): boolean {
    return this.#trace !== null;
  }

  note(line: string): void {
    this.#trace?.(`${String(this.nowMs - 1_000_000).padStart(7)} ${line}`);
  }

  /** The first thing that breaks is what is told. */
  breaks(guarantee: string, message: string): void {
    this.broken ??= new Broken(guarantee, message);
    this.note(`BROKEN ${guarantee}: ${message}`);
  }

  serverName(): string {
    this.#servers += 1;
    return `redis${this.#servers}`;
  }

  /** Lets everything run that waits for nothing but its turn. */
  async settle(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }

  /** The request arrives and is answered, as the link's manner allows. */
  async pass(instance: Instance, traffic: Traffic): Promise<void> {
    const { manner } = instance;
    if (!passes(manner, traffic.call)) return;
    if (manner === "deaf") traffic.call.deliver();
    else traffic.call.reply();
    this.note(`${instance.name} <- ${manner === "deaf" ? "(unanswered) " : ""}${traffic.text}`);
    await this.settle();
    this.look(instance);
  }

  /** Everything under way at the instance, and what that leads to. */
  async passAll(instance: Instance): Promise<void> {
    for (let rounds = 0; rounds < 40; rounds += 1) {
      const { life } = instance;
      if (life === null || instance.frozen) return;
      if (life.yields.length > 0) await this.turn(instance);
      if (life.link.wakeDue) await this.wake(instance);
      const next = life.link.traffic.find(({ call }) => passes(instance.manner, call));
      if (next === undefined) return;
      await this.pass(instance, next);
    }
  }

  async wake(instance: Instance): Promise<void> {
    instance.life?.link.wake();
    await this.settle();
  }

  /** The event loop of the instance turns for those who let others go first. */
  async turn(instance: Instance): Promise<void> {
    for (const resume of instance.life?.yields.splice(0) ?? []) resume();
    await this.settle();
  }

  /** Time passes; what is due happens in order. With `flowing`, links that are sound answer at once. */
  async advance(durationMs: number, flowing: boolean): Promise<void> {
    const endMs = this.nowMs + durationMs;
    const canRun = (owner: object): boolean => !(owner instanceof Instance) || owner.running;
    for (let fired = 0; fired < 2_000; fired += 1) {
      const timer = this.timers.next(canRun);
      const timeoutMs = this.#nextTimeoutMs();
      const nextMs = Math.min(timer?.dueMs ?? Number.POSITIVE_INFINITY, timeoutMs);
      if (nextMs > endMs) {
        this.timers.nowMs = endMs;
        return;
      }
      this.timers.nowMs = Math.max(this.nowMs, nextMs);
      if (timer !== null && timer.dueMs <= timeoutMs) {
        const owner = timer.fire();
        await this.settle();
        if (owner instanceof Instance) await this.turn(owner);
        if (flowing) for (const instance of this.instances) await this.passAll(instance);
      } else {
        await this.#timeOut();
      }
    }
    this.breaks("liveness", "timers fire without end");
  }

  /** Told after each thing that happens at an instance. */
  look: (instance: Instance) => void = () => undefined;

  #nextTimeoutMs(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { running, life } of this.instances) {
      if (!running) continue;
      for (const { sentAtMs } of life?.link.traffic ?? []) {
        first = Math.min(first, sentAtMs + commandTimeoutMs);
      }
    }
    return first;
  }

  async #timeOut(): Promise<void> {
    for (const instance of this.instances) {
      if (!instance.running || instance.life === null) continue;
      const { link } = instance.life;
      for (const traffic of link.traffic) {
        if (traffic.sentAtMs + commandTimeoutMs > this.nowMs) continue;
        this.note(`${instance.name} gives up on ${traffic.text}`);
        if (instance.manner === "sound") link.delay(traffic);
        else traffic.call.lose("timeout");
        await this.settle();
      }
    }
  }
}

/** Whether a link of that manner lets the call do anything. */
function passes(manner: LinkManner, call: PendingCall): boolean {
  switch (manner) {
    case "sound":
      return true;
    case "mute":
      return false;
    case "narrow":
      return call.name !== "publish";
    case "deaf":
      return call.state === "requested";
    default:
      return manner satisfies never;
  }
}
