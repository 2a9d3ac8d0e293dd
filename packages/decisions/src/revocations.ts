import {
  type Acknowledge,
  type Cache,
  CacheError,
  type Clock,
  type Receipt,
} from "@holdfast/cache";
import { type Revocation, revocationReason } from "./cached-answer.js";
import type { Verdict } from "./decision.js";
import { checkSubject, type Subject } from "./question.js";
import { answerKey, revocationKey } from "./subject-key.js";

export interface RevokeOptions {
  /** Why, for those who ask later. At most 500 characters are kept. */
  readonly reason?: string;
  /** @default "durable" */
  readonly acknowledge?: Acknowledge;
}

/** What became of a revocation by the time it was answered. */
export interface RevocationReceipt {
  /** Of the write that refuses the subject from now on. */
  readonly revocation: Receipt;
  /** Of the removal of the answer that was held. */
  readonly removal: Receipt;
}

/** Names that were taken away through our own interface. They beat every copy and the upstream's yes. */
export class Revocations {
  readonly #cache: Cache;
  readonly #clock: Pick<Clock, "wallMs">;
  readonly #ttlMs: number;

  constructor(cache: Cache, clock: Pick<Clock, "wallMs">, ttlMs: number) {
    this.#cache = cache;
    this.#clock = clock;
    this.#ttlMs = ttlMs;
  }

  /**
   * Refuses the subject from now on, and takes its cached answer away.
   *
   * @throws DecisionsError `invalid-question`; CacheError where nothing could be written at all.
   */
  async revoke(subject: Subject, options: RevokeOptions = {}): Promise<RevocationReceipt> {
    checkSubject(subject);
    const entry: Revocation = {
      t: "revoked",
      reason: options.reason?.slice(0, 500) ?? null,
      atMs: this.#clock.wallMs(),
    };
    const acknowledge = options.acknowledge ?? "durable";
    // The marker goes first: between the two, a copy without marker would still be a yes.
    const revocation = await this.#cache.set(revocationKey(subject), entry, this.#ttlMs / 1000, {
      acknowledge,
    });
    const removal = await this.#removeAnswer(subject, acknowledge);
    return { revocation, removal };
  }

  /** Takes a revocation back: the upstream decides about the subject again. */
  lift(subject: Subject, options: Pick<RevokeOptions, "acknowledge"> = {}): Promise<Receipt> {
    checkSubject(subject);
    const { acknowledge = "durable" } = options;
    return this.#cache.delete(revocationKey(subject), { acknowledge });
  }

  async #removeAnswer(subject: Subject, acknowledge: Acknowledge): Promise<Receipt> {
    try {
      return await this.#cache.delete(answerKey(subject), { acknowledge });
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      // The subject is refused already; what is missing is part of the receipt, not a failure.
      const { code, message } = error;
      return { operation: "none", acknowledged: "memory", shortfall: { code, message } };
    }
  }

  /** The no that follows from a revocation; null where there is none. */
  async refusal(subject: Subject): Promise<Verdict | null> {
    // Revocations are writes: the log brings all of them here, so what lies here is what there is.
    const held = await this.#cache.peek(revocationKey(subject));
    if (held === null || held.kind === "negative") return null;
    return {
      decision: "deny",
      attributes: {},
      source: held.layer,
      age: "fresh",
      ageMs: held.ageMs,
      currency: held.currency,
      reason: "revoked",
      detail: revocationReason(held.value),
    };
  }
}
