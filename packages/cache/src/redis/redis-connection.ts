import type { Clock, Random } from "../clock.js";
import { SharedStoreError } from "../log/shared-store-error.js";
import { AnswerWatch } from "./answer-watch.js";
import { type HoldOff, holdOffMs } from "./hold-off.js";
import {
  clientOptions,
  endClient,
  type Redis,
  type RedisClientFactory,
  retryDelayMs,
} from "./redis-client.js";
import { failureError, failureOf, type RedisFailure } from "./redis-failure.js";
import type { RedisSettings } from "./redis-options.js";

export interface ConnectionTerms {
  readonly name: "log" | "copies" | "wake";
  readonly callTimeoutMs: number;
  /** Whether calls fail at once while an earlier one waits far longer than usual; else they wait too. */
  readonly stalls: boolean;
  /** How long a connection that timed out is left alone before it is tried again. */
  readonly holdOff: HoldOff;
}

export interface ConnectionGround {
  readonly clock: Clock;
  readonly random: Random;
}

type State =
  /** No socket, or none that has answered yet. */
  | { readonly t: "down"; readonly failure: RedisFailure }
  /** A socket that did not answer in time, or refuses; it is asked again by itself. */
  | { readonly t: "silent"; readonly failure: RedisFailure }
  | { readonly t: "up"; readonly sinceMs: number }
  | { readonly t: "closed" };

const retryMostMs = 500;
/** A server that refuses the connection, such as for a wrong password, is not pressed. */
const refusedRetryMostMs = 2_000;
const steadyAfterMs = 5_000;

/**
 * One connection to Redis and what is believed of it. Calls go out only while it is up; it comes up
 * when a ping is answered, never because a socket opened: a frozen server still accepts.
 */
export class RedisConnection implements AsyncDisposable {
  readonly #settings: RedisSettings;
  readonly #terms: ConnectionTerms;
  readonly #ground: ConnectionGround;
  readonly #watch: AnswerWatch;
  readonly #onUp: (() => void)[] = [];
  #client: Redis | undefined;
  #state: State = { t: "down", failure: { code: "unreachable", reason: "not connected yet" } };
  /** What the present socket, or the last attempt to open one, died of. */
  #cause: RedisFailure | undefined;
  #attempts = 0;
  #lastHoldOffMs = 0;
  #cancelProbe: (() => void) | undefined;

  constructor(settings: RedisSettings, terms: ConnectionTerms, ground: ConnectionGround) {
    this.#settings = settings;
    this.#terms = terms;
    this.#ground = ground;
    this.#watch = new AnswerWatch({
      clock: ground.clock,
      stalls: terms.stalls,
      timeoutMs: terms.callTimeoutMs,
      onTimeout: () => this.#fallSilent(),
    });
  }

  get usable(): boolean {
    return this.#state.t === "up";
  }

  /** Calls back each time it comes up. */
  onUp(listener: () => void): void {
    this.#onUp.push(listener);
  }

  /** Makes the client, which connects and connects again until the connection is disposed of. */
  open(factory: RedisClientFactory): Redis | undefined {
    if (this.#state.t === "closed") return undefined;
    const client = factory(
      clientOptions(this.#settings, {
        name: this.#terms.name,
        callTimeoutMs: this.#terms.callTimeoutMs,
        retryDelayMs: () => this.#retryDelayMs(),
      }),
    );
    this.#client = client;
    client.on("error", (error: unknown) => {
      this.#cause = failureOf(error);
    });
    client.on("ready", () => this.#probe());
    client.on("close", () => this.#goDown());
    return client;
  }

  /** Gives up for good what cannot be opened: every call fails with this. */
  refuse(failure: RedisFailure): void {
    if (this.#state.t !== "closed") this.#state = { t: "down", failure };
  }

  /** Sends a command, or fails at once where the connection is not up or stalls. `act` completes "Cannot …". */
  call<T>(act: string, work: (client: Redis) => Promise<T>): Promise<T> {
    const client = this.#client;
    if (this.#state.t !== "up" || client === undefined) {
      return Promise.reject(this.#error(act, this.#failure()));
    }
    if (this.#watch.stalled) return Promise.reject(this.#error(act, late));
    return this.#watch
      .track(act, () => work(client))
      .catch((error: unknown) => {
        throw this.#translated(act, error);
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state.t === "closed") return;
    this.#state = { t: "closed" };
    this.#cancelProbe?.();
    this.#failAll(closed);
    if (this.#client !== undefined) await endClient(this.#client);
  }

  #probe(): void {
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
    const client = this.#client;
    if (client?.status !== "ready" || this.#state.t === "closed") return;
    this.#watch
      .track("reach the server", () => client.ping())
      .then(
        () => this.#comeUp(),
        (error: unknown) => this.#stayDown(error),
      );
  }

  #comeUp(): void {
    if (this.#state.t === "up" || this.#state.t === "closed") return;
    if (this.#client?.status !== "ready") return;
    this.#cause = undefined;
    this.#state = { t: "up", sinceMs: this.#ground.clock.monotonicMs() };
    for (const listener of this.#onUp) listener();
  }

  #stayDown(error: unknown): void {
    if (this.#state.t === "closed" || this.#state.t === "up") return;
    if (!(error instanceof SharedStoreError)) this.#cause = failureOf(error);
    if (this.#client?.status !== "ready") return;
    this.#state = { t: "silent", failure: this.#cause ?? late };
    this.#probeIn(this.#terms.holdOff.leastMs);
  }

  #fallSilent(): void {
    if (this.#state.t === "closed") return;
    const { clock } = this.#ground;
    const wasUp = this.#state.t === "up";
    if (this.#state.t === "up") {
      const upForMs = clock.monotonicMs() - this.#state.sinceMs;
      this.#lastHoldOffMs = holdOffMs(this.#terms.holdOff, this.#lastHoldOffMs, upForMs);
    }
    this.#state = { t: "silent", failure: late };
    this.#failAll(late);
    if (wasUp) this.#probeIn(this.#lastHoldOffMs);
  }

  #goDown(): void {
    if (this.#state.t === "closed") return;
    this.#cancelProbe?.();
    this.#cancelProbe = undefined;
    const failure = this.#cause ?? broken;
    this.#state = { t: "down", failure };
    this.#failAll(failure);
  }

  #probeIn(delayMs: number): void {
    this.#cancelProbe?.();
    this.#cancelProbe = this.#ground.clock.after(delayMs, () => this.#probe());
  }

  // Called when a socket has closed, before the state tells: the state still says how it was.
  #retryDelayMs(): number {
    const { clock, random } = this.#ground;
    const state = this.#state;
    const wasSteady = state.t === "up" && clock.monotonicMs() - state.sinceMs >= steadyAfterMs;
    this.#attempts = wasSteady ? 1 : this.#attempts + 1;
    const mostMs = this.#cause?.code === "refused" ? refusedRetryMostMs : retryMostMs;
    return retryDelayMs(this.#attempts, mostMs, random);
  }

  #failure(): RedisFailure {
    switch (this.#state.t) {
      case "down":
      case "silent":
        return this.#state.failure;
      case "closed":
        return closed;
      case "up":
        return broken;
      default:
        return this.#state satisfies never;
    }
  }

  #failAll(failure: RedisFailure): void {
    this.#watch.failAll((act) => this.#error(act, failure));
  }

  #error(act: string, failure: RedisFailure): SharedStoreError {
    return failureError(act, this.#settings.where, failure);
  }

  #translated(act: string, error: unknown): SharedStoreError {
    return error instanceof SharedStoreError ? error : this.#error(act, failureOf(error));
  }
}

const late: RedisFailure = { code: "timeout", reason: "it did not answer in time" };
const broken: RedisFailure = { code: "unreachable", reason: "the connection closed" };
const closed: RedisFailure = { code: "unreachable", reason: "the store was closed here" };
