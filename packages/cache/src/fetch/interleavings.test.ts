import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@holdfast/testkit";
import fc from "fast-check";
import { CacheError } from "../cache-error.js";
import type { SourceCall } from "./testing/source.js";
import { type Stand, stand } from "./testing/stand.js";

// The source's value is the number of removals at the time it is called. A removal raises `removals`,
// so whoever began to ask after it must not get a smaller number: that is guarantee R1.

type Step =
  | { readonly t: "fetch" | "remove" | "write" | "elapse" | "currency" }
  | { readonly t: "ticks"; readonly count: number }
  | { readonly t: "answer" | "fail"; readonly which: number };

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<Step>({ t: "fetch" }) },
    { weight: 4, arbitrary: fc.constant<Step>({ t: "remove" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ t: "write" }) },
    { weight: 8, arbitrary: fc.nat(12).map((count): Step => ({ t: "ticks", count })) },
    { weight: 2, arbitrary: fc.constant<Step>({ t: "elapse" }) },
    { weight: 1, arbitrary: fc.constant<Step>({ t: "currency" }) },
    { weight: 5, arbitrary: fc.nat(3).map((which): Step => ({ t: "answer", which })) },
    { weight: 1, arbitrary: fc.nat(3).map((which): Step => ({ t: "fail", which })) },
  ),
  { maxLength: 80, size: "max" },
);

class Schedule {
  readonly #stand: Stand = stand(manualClock());
  readonly #open = new Map<SourceCall, number>();
  readonly #seen = new Set<SourceCall>();
  readonly #pending: Promise<void>[] = [];
  #removals = 0;
  /** Answers that somebody got, and answers that a removal overtook. */
  answered = 0;
  overtaken = 0;

  async run(all: readonly Step[]): Promise<void> {
    for (const step of all) {
      await this.#take(step);
      this.#watchSource();
    }
    await this.#end();
  }

  async #take(step: Step): Promise<void> {
    const { tiers, clock } = this.#stand;
    switch (step.t) {
      case "fetch":
        this.#pending.push(this.#fetch());
        return;
      case "remove":
        this.#removals += 1;
        tiers.remove("k");
        return;
      case "write":
        tiers.write("k", this.#removals, 10_000);
        return;
      case "ticks":
        for (let ticks = 0; ticks <= step.count; ticks += 1) await Promise.resolve();
        return;
      case "elapse":
        await clock.elapse(1_700);
        return;
      case "currency":
        tiers.isVerified = !tiers.isVerified;
        tiers.isServable = tiers.isVerified || !tiers.isServable;
        return;
      case "answer":
      case "fail":
        this.#reply(step);
    }
  }

  /** Whoever asks must get an answer from after the last removal before it, or an error that says to come again. */
  async #fetch(): Promise<void> {
    const least = this.#removals;
    const policy = { ttlMs: 4_000, graceMs: 60_000, retryAfterMs: 2_000, recheckMs: 3_000 };
    try {
      const { value } = await this.#stand.fetch("k", policy);
      assert.ok(typeof value === "number");
      assert.ok(
        value >= least,
        `asked after removal ${least}, got an answer from before ${value + 1}`,
      );
      this.answered += 1;
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      assert.ok(error.retryable, error.message);
    }
  }

  #reply(step: { readonly t: "answer" | "fail"; readonly which: number }): void {
    const call = [...this.#open.keys()][step.which % Math.max(1, this.#open.size)];
    if (call === undefined) return;
    const value = this.#open.get(call);
    this.#open.delete(call);
    if (step.t === "answer") call.answer(value);
    else call.fail(new Error("down"));
  }

  #watchSource(): void {
    for (const call of this.#stand.source.calls) {
      if (this.#seen.has(call)) continue;
      this.#seen.add(call);
      this.#open.set(call, this.#removals);
    }
    assert.ok(this.#running() <= 1, "the source is called once at a time");
  }

  /** Every call ends as exactly one of these, a call that hangs at the deadline. */
  #running(): number {
    const { counting, source } = this.#stand;
    const ended = ["ok", "negative", "failed", "deadline", "outdated"].map((result) =>
      counting.of(`loaded ${result}`),
    );
    return source.calls.length - ended.reduce((sum, count) => sum + count, 0);
  }

  /** Everything comes to an end by itself, and nothing is left behind. */
  async #end(): Promise<void> {
    const { clock, fetcher, tiers } = this.#stand;
    await clock.elapse(5_000);
    await Promise.all(this.#pending);
    assert.deepEqual([fetcher.inFlight, tiers.flights.size, this.#running()], [0, 0, 0]);
    this.overtaken = this.#stand.counting.of("loaded outdated");
  }
}

void test("whatever the order of removals, answers and deadlines, nobody gets what was removed before", async () => {
  let [answered, overtaken] = [0, 0];
  const property = fc.asyncProperty(steps, async (all) => {
    const schedule = new Schedule();
    await schedule.run(all);
    answered += schedule.answered;
    overtaken += schedule.overtaken;
  });
  await fc.assert(property, { numRuns: 1_500 });
  assert.ok(answered > 3_000 && overtaken > 1_000, `${answered} answered, ${overtaken} overtaken`);
});
