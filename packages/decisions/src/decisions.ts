import { setImmediate as nextTurn } from "node:timers/promises";
import {
  type Answer,
  type Cache,
  CacheError,
  type Clock,
  type Load,
  type Peek,
  type Receipt,
  systemClock,
} from "@holdfast/cache";
import { type CachedAllow, isCachedAllow, type PassedDenial } from "./cached-answer.js";
import { type Attributes, type Decision, unavailable, type Verdict } from "./decision.js";
import { DecisionCounter, type DecisionCounts } from "./decision-counts.js";
import { DecisionsError } from "./decisions-error.js";
import {
  boundedTerms,
  type DecisionsOptions,
  type ResolvedOptions,
  resolveOptions,
} from "./options.js";
import { type AuthQuestion, checkQuestion, type Question, type Subject } from "./question.js";
import { type RevocationReceipt, Revocations, type RevokeOptions } from "./revocations.js";
import { answerKey } from "./subject-key.js";
import type { Upstream, UpstreamVerdict } from "./upstream/upstream.js";
import {
  type UpstreamCounts,
  type UpstreamState,
  type WatchedUpstream,
  watchUpstream,
} from "./upstream/watched-upstream.js";
import { createVerifiers, hasVerifier, type Verifier, type Verifiers } from "./verifier.js";

/** Answers questions from the copies it has, and from the upstream where it has none. */
export interface Decisions {
  /** Always answers; who is not known while nobody can be asked is "unavailable", not denied. @throws DecisionsError `invalid-question` */
  decide(question: Question): Promise<Decision>;
  /** Refuses the subject from now on, whatever copies or the upstream say. */
  revoke(subject: Subject, options?: RevokeOptions): Promise<RevocationReceipt>;
  /** Takes a revocation back: the upstream decides about the subject again. */
  lift(subject: Subject, options?: Pick<RevokeOptions, "acknowledge">): Promise<Receipt>;
  status(): DecisionsStatus;
}

export interface DecisionsStatus {
  readonly upstream: UpstreamState;
  readonly upstreamCalls: UpstreamCounts;
  readonly counts: DecisionCounts;
}

/** @throws DecisionsError `invalid-option` */
export function createDecisions(options: DecisionsOptions): Decisions {
  const resolved = resolveOptions(options);
  const clock = options.clock ?? systemClock;
  return new CachedDecisions(options, resolved, clock);
}

/**
 * One entry per subject. It is only answered to whoever shows a secret that the entry has a
 * verifier of; everybody else is a question for the upstream, so a wrong secret costs the right
 * one nothing.
 */
class CachedDecisions implements Decisions {
  readonly #cache: Cache;
  readonly #upstream: WatchedUpstream;
  readonly #verifiers: Verifiers;
  readonly #options: ResolvedOptions;
  readonly #clock: Pick<Clock, "wallMs">;
  readonly #revocations: Revocations;
  readonly #counter = new DecisionCounter();
  readonly #asking = new Map<string, Promise<UpstreamVerdict>>();
  readonly #withdrawing = new Map<string, Promise<void>>();

  constructor(
    { cache, upstream, fleetKey }: { cache: Cache; upstream: Upstream; fleetKey: Uint8Array },
    resolved: ResolvedOptions,
    clock: Pick<Clock, "wallMs">,
  ) {
    this.#cache = cache;
    this.#upstream = watchUpstream(upstream, () => clock.wallMs());
    this.#verifiers = createVerifiers(fleetKey);
    this.#options = resolved;
    this.#clock = clock;
    this.#revocations = new Revocations(cache, clock, resolved.revocationTtlMs);
  }

  async decide(question: Question): Promise<Decision> {
    checkQuestion(question);
    const decision = await this.#decide(question);
    this.#counter.count(decision);
    return decision;
  }

  revoke(subject: Subject, options?: RevokeOptions): Promise<RevocationReceipt> {
    return this.#revocations.revoke(subject, options);
  }

  async lift(subject: Subject, options?: Pick<RevokeOptions, "acknowledge">): Promise<Receipt> {
    return this.#revocations.lift(subject, options);
  }

  status(): DecisionsStatus {
    return {
      upstream: this.#upstream.state(),
      upstreamCalls: this.#upstream.counts(),
      counts: this.#counter.counts(),
    };
  }

  async #decide(question: AuthQuestion): Promise<Decision> {
    const verifier = this.#verifiers.of(question);
    try {
      const held = await this.#cache.peek(answerKey(question));
      // A revocation takes the copy away, so only who has none can be spared the upstream.
      const refusal = held === null ? await this.#revocations.refusal(question) : null;
      if (refusal !== null) return refusal;
      const verdict =
        (held === null || knows(held, verifier)
          ? await this.#fromCache(question, verifier, held)
          : null) ?? (await this.#fromUpstream(question, verifier));
      if (verdict.decision === "deny") return verdict;
      // A revocation may have come while the upstream was asked, which does not know of it.
      return (await this.#revocations.refusal(question)) ?? verdict;
    } catch (error) {
      return noAnswer(error);
    }
  }

  /** The cached answer, or the upstream's through the cache; null where the secret turns out to be another's. */
  async #fromCache(
    question: AuthQuestion,
    verifier: Verifier,
    held: Peek | null,
  ): Promise<Verdict | null> {
    const key = answerKey(question);
    const given = await this.#cache.fetch<CachedAllow | PassedDenial>(
      key,
      (load) => this.#load(question, verifier, load),
      this.#options.fetchPolicy,
    );
    // Looking brought it into memory: what counts is where it lay before.
    const source = given.source === "memory" && held !== null ? held.layer : given.source;
    const { value, ...answer } = { ...given, source };
    if (value === null) return null;
    if (value.t === "deny") {
      if (!hasVerifier([value.verifier], verifier)) return null;
      // Answered only when the yes that it contradicts is gone.
      await this.#withdrawing.get(key);
      return verdictOf("deny", value.attributes, answer);
    }
    if (!isCachedAllow(value) || !hasVerifier(value.verifiers, verifier)) return null;
    return verdictOf("allow", value.attributes, answer);
  }

  async #load(
    question: AuthQuestion,
    verifier: Verifier,
    load: Load,
  ): Promise<CachedAllow | PassedDenial> {
    const verdict = await this.#upstream.ask(question, load.signal);
    if (verdict.decision === "deny") {
      load.keep({ store: false });
      this.#withdraw(load.key, verifier);
      return { t: "deny", verifier, attributes: verdict.attributes };
    }
    load.keep(boundedTerms(verdict, this.#options.auth));
    return this.#allow(verifier, verdict.attributes);
  }

  /** For a secret that the entry does not know. Whoever asks the same at the same time shares the call. */
  async #fromUpstream(question: AuthQuestion, verifier: Verifier): Promise<Verdict> {
    const flight = `${answerKey(question)}\0${verifier}`;
    let asking = this.#asking.get(flight);
    if (asking === undefined) {
      asking = this.#askAndReplace(question, verifier).finally(() => this.#asking.delete(flight));
      this.#asking.set(flight, asking);
    }
    const { decision, attributes } = await asking;
    return verdictOf(decision, attributes, {
      source: "upstream",
      age: "fresh",
      ageMs: 0,
      currency: "verified",
    });
  }

  async #askAndReplace(question: AuthQuestion, verifier: Verifier): Promise<UpstreamVerdict> {
    const verdict = await this.#upstream.ask(question, new AbortController().signal);
    // A no to a secret that the entry does not know says nothing about the one that it knows.
    if (verdict.decision === "deny") return verdict;
    const key = answerKey(question);
    // Only the newest secret is kept: an older one must not live on by a login with its successor.
    const allow = this.#allow(verifier, verdict.attributes);
    await this.#cache.delete(key, { acknowledge: "memory" });
    await this.#cache.fetch<CachedAllow>(
      key,
      async (load) => {
        load.keep(boundedTerms(verdict, this.#options.auth));
        return allow;
      },
      this.#options.fetchPolicy,
    );
    return verdict;
  }

  /** Removes an answer that the upstream has taken back. Not while it is being loaded: that would load it again. */
  #withdraw(key: string, verifier: Verifier): void {
    const withdraw = async (): Promise<void> => {
      await nextTurn();
      // Only what it contradicts: a no to a wrong secret says nothing about the right one's answer.
      if (await this.#holds(key, verifier)) await this.#cache.delete(key);
    };
    const withdrawing = withdraw()
      .catch(() => undefined)
      .finally(() => this.#withdrawing.delete(key));
    this.#withdrawing.set(key, withdrawing);
  }

  async #holds(key: string, verifier: Verifier): Promise<boolean> {
    const held = await this.#cache.peek(key);
    return held !== null && knows(held, verifier);
  }

  #allow(verifier: Verifier, attributes: Attributes): CachedAllow {
    return { t: "allow", verifiers: [verifier], attributes, decidedAtMs: this.#clock.wallMs() };
  }
}

function knows({ value }: Peek, verifier: Verifier): boolean {
  return isCachedAllow(value) && hasVerifier(value.verifiers, verifier);
}

function verdictOf(
  decision: "allow" | "deny",
  attributes: Attributes,
  answer: Omit<Answer<unknown>, "value">,
): Verdict {
  const { source, age, ageMs, currency, failure } = answer;
  const detail = ownWords(failure)?.message ?? null;
  return { decision, attributes, source, age, ageMs, currency, reason: "upstream", detail };
}

function noAnswer(error: unknown): Decision {
  const own = ownWords(error);
  if (own instanceof DecisionsError) {
    const { code, message } = own;
    if (code !== "invalid-question" && code !== "invalid-option") return unavailable(code, message);
  }
  if (error instanceof CacheError) {
    if (error.code === "stopped") return unavailable("stopped", error.message);
    if (error.code === "deadline") return unavailable("upstream-deadline", error.message);
    return unavailable("upstream-unavailable", error.message);
  }
  throw error;
}

/** What this room said of the failure, under whatever the cache has wrapped around it. */
function ownWords(failure: unknown): Error | null {
  for (let at = failure; at instanceof Error; at = at.cause) {
    if (at instanceof DecisionsError) return at;
  }
  return failure instanceof Error ? failure : null;
}
