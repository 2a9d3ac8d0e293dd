import type { Clock } from "./clock.js";
import { CurrencyWatch } from "./currency-watch.js";
import type { SharedStore } from "./log/shared-store.js";
import type { CacheEvent, ResolvedOptions } from "./options.js";
import type { LogLoop } from "./replica/log-loop.js";
import type { SteadyClock } from "./steady.js";

/** A read that finds the log unread for too long waits this long for it: once, not once a read. */
const catchUpMs = 50;

/** How Redis was seen last. */
export interface RedisSight {
  readonly up: boolean;
  readonly sinceMs: number;
  readonly reason: string | null;
}

export interface OutlookOptions {
  readonly loop: LogLoop | null;
  readonly store: SharedStore | null;
  readonly steady: SteadyClock;
  readonly clock: Clock;
  readonly options: Pick<ResolvedOptions, "whenUnverified" | "onEvent">;
  /** Steady time at which an earlier run was verified last. */
  readonly lastVerifiedMs: number;
}

/** Whether answers are verified, what follows from it for each key, and who is told of a change. */
export class Outlook {
  readonly #options: OutlookOptions;
  readonly #watch: CurrencyWatch;
  #redis: RedisSight;
  #catchingUp: Promise<void> | null = null;

  constructor(options: OutlookOptions) {
    this.#options = options;
    const { steady, clock, loop, lastVerifiedMs } = options;
    this.#watch = new CurrencyWatch(steady.nowMs(), lastVerifiedMs);
    this.#redis = { up: false, sinceMs: clock.wallMs(), reason: null };
    loop?.onTurn(() => this.#turned());
    this.look();
  }

  /** Null: not configured. */
  get redis(): RedisSight | null {
    return this.#options.store === null ? null : this.#redis;
  }

  get watch(): CurrencyWatch["state"] {
    return this.#watch.state;
  }

  verified(): boolean {
    const { loop, clock } = this.#options;
    return loop === null || loop.verifiedAt(clock.monotonicMs());
  }

  /** Whether copies of the key may be served now (R4). */
  servable(key: string): boolean {
    if (this.verified()) return true;
    const policy = this.#options.options.whenUnverified(key);
    if (policy === "serve") return true;
    if (policy === "deny") return false;
    this.look();
    const unverifiedForMs = this.#watch.unverifiedForMs(this.#options.steady.nowMs());
    return unverifiedForMs <= policy.denyAfterMs; // rule: deny-after
  }

  /** Whether the log should be read before anything is answered: the process was stopped, or starved. */
  overdue(): boolean {
    const { loop, store, clock } = this.#options;
    // A look at the clock costs a read more than the rest of this.
    return loop !== null && store?.usable === true && loop.overdueAt(clock.monotonicMs());
  }

  /** Waits, shortly, for the log to be read. */
  catchUp(): Promise<void> {
    const { loop } = this.#options;
    if (loop === null) return Promise.resolve();
    this.#catchingUp ??= loop.catchUp(catchUpMs).finally(() => {
      this.#catchingUp = null;
    });
    return this.#catchingUp;
  }

  /** The log could not be read or written. */
  failed(error: unknown): void {
    this.#redis = {
      ...this.#redis,
      reason: error instanceof Error ? error.message : String(error),
    };
  }

  /** Takes note of the present state. */
  look(): void {
    const because = this.#options.loop?.unverifiedBecause() ?? null;
    if (!this.#watch.look(because, this.#options.steady.nowMs())) return;
    this.#tell(because === null ? { t: "verified" } : { t: "unverified", because });
  }

  #turned(): void {
    const { store, clock } = this.#options;
    const up = store?.usable ?? false;
    if (store !== null && up !== this.#redis.up) {
      const reason = up ? null : (this.#redis.reason ?? "Redis does not answer");
      this.#redis = { up, sinceMs: clock.wallMs(), reason };
      this.#tell(up ? { t: "redis-up" } : { t: "redis-down", reason: reason ?? "" });
    }
    this.look();
  }

  #tell(event: CacheEvent): void {
    this.#options.options.onEvent(event);
  }
}
