import type { Found, Tiers } from "./fetch/tiers.js";
import type { Counters } from "./metrics/counters.js";
import type { Outlook } from "./outlook.js";

/** Plain reads: what any layer holds, without a loader. */
export class Reads {
  readonly #tiers: Tiers;
  readonly #outlook: Outlook;
  readonly #counters: Counters;

  constructor(tiers: Tiers, outlook: Outlook, counters: Counters) {
    this.#tiers = tiers;
    this.#outlook = outlook;
    this.#counters = counters;
  }

  /** What can be answered without waiting for anything; undefined where the long way is needed. */
  quick(key: string): Found | undefined {
    if (this.#outlook.overdue()) return undefined;
    const found = this.#tiers.readLocal(key);
    if (found === undefined || found.kind === "negative" || !this.#outlook.servable(key))
      return undefined;
    this.#counters.hit(found.layer, key);
    return found;
  }

  /** The long way: may wait for the log, and for Redis. */
  async read(key: string): Promise<Found | null> {
    if (this.#outlook.overdue()) await this.#outlook.catchUp();
    if (!this.#outlook.servable(key)) return this.#missed(key);
    const local = this.#tiers.readLocal(key);
    if (local?.kind === "negative") return this.#missed(key);
    const found = local ?? (await this.#tiers.readShared(key));
    if (found === undefined || found.kind === "negative") return this.#missed(key);
    this.#counters.hit(found.layer, key);
    return found;
  }

  #missed(key: string): null {
    this.#counters.miss(key);
    return null;
  }
}
