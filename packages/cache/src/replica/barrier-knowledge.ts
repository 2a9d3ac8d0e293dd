import { nowhere, type Place } from "../disk/records.js";
import { includes, mergeRemoved, type Removed, withRemoval } from "../log/removed.js";
import type { At } from "../log/row.js";
import { type Barrier, type Barriers, newBarrier } from "./barriers.js";
import type { Times } from "./knowledge.js";
import type { Holders, LettingGo } from "./letting-go.js";
import type { OwnOperations } from "./own-operations.js";
import type { Pending, PendingBarrier } from "./pending.js";
import { widened } from "./widening.js";

/** A removal by barrier as the log carries it. */
export interface BarrierRow {
  readonly removed: Removed;
  readonly keepUntilMs: number;
}

export interface BarrierKnowledgeOptions {
  readonly pending: Pending;
  readonly barriers: Barriers;
  readonly own: OwnOperations;
  readonly lettingGo: LettingGo;
  readonly holders: Holders;
  readonly times: Times;
  readonly nextVersion: () => number;
}

/** What the log says of removals by glob, tag and namespace, and how they come into force. */
export class BarrierKnowledge {
  readonly #options: BarrierKnowledgeOptions;

  constructor(options: BarrierKnowledgeOptions) {
    this.#options = options;
  }

  /** Puts a barrier that waits to be published into force; answers how much of what the disk does not hold yet it took. */
  enforceOwn(member: string): number {
    const keepUntilMs = this.#keepUntilMs();
    const version = this.#options.nextVersion();
    return this.#enforce({ ...this.#known(member), version, swept: false, keepUntilMs });
  }

  /** Takes in a barrier. */
  apply(member: string, incoming: BarrierRow, place: Place): void {
    const { pending, own, times, nextVersion } = this.#options;
    const known = this.#known(member);
    const more = !includes(known.removed, incoming.removed);
    const next: Barrier = {
      ...known,
      removed: mergeRemoved(known.removed, incoming.removed),
      place: includes(incoming.removed, known.removed) ? place : nowhere,
      keepUntilMs: Math.max(known.keepUntilMs, incoming.keepUntilMs - times.offsetMs()),
      swept: more ? false : known.swept,
    };
    const waiting = pending.barrier(member);
    const tells = own.tellsOfRemoval(known.removed, incoming.removed, waiting);
    if (waiting !== undefined && own.isPublished(waiting, incoming.removed)) {
      pending.settle(waiting, { t: "published", member, place });
    }
    if (tells) this.#enforce({ ...next, version: nextVersion() });
    else this.#settle(next, more);
  }

  /** An own barrier is in the log. */
  published(item: PendingBarrier, at: At): void {
    const { pending } = this.#options;
    const { member } = item;
    const known = this.#known(member);
    const place: Place = { generation: at.generation, seq: at.seq };
    const removed = withRemoval(known.removed, at.generation, at.seq, item.removal);
    this.#settle({ ...known, removed, place, swept: false }, true);
    if (pending.barrier(member) === item) pending.settle(item, { t: "published", member, place });
  }

  /** A barrier that was known already is in the log at a new place. */
  placed(member: string, removed: Removed, place: Place): void {
    const { barriers } = this.#options;
    const known = barriers.get(member);
    if (known !== undefined && includes(removed, known.removed)) barriers.put({ ...known, place });
  }

  /** Joins barriers that have become too many. The joined one is told to everybody and takes, here as there, what was not written in knowledge of those it stands for. */
  widen(prefix: string): number {
    const { barriers, pending } = this.#options;
    const crowd = barriers
      .crowd(prefix)
      .filter((barrier) => pending.barrier(barrier.member) === undefined);
    const joined = widened(crowd, this.#keepUntilMs());
    if (joined === null) return 0;
    for (const barrier of crowd)
      if (barrier.member !== joined.member) barriers.drop(barrier.member);
    const beside = barriers.get(joined.member) ?? joined;
    const removed = mergeRemoved(joined.removed, beside.removed);
    const version = Math.max(joined.version, beside.version);
    this.#settle({ ...joined, removed, version }, true);
    return crowd.length;
  }

  #known(member: string): Barrier {
    return this.#options.barriers.get(member) ?? newBarrier(member, this.#keepUntilMs());
  }

  #keepUntilMs(): number {
    const { times } = this.#options;
    return times.nowMs() + times.horizonMs();
  }

  /** Puts a barrier that is new here into force. */
  #enforce(barrier: Barrier): number {
    const { barriers, lettingGo } = this.#options;
    barriers.put(barrier);
    barriers.inForce(barrier.member);
    return lettingGo.byBarrier(barrier);
  }

  #settle(barrier: Barrier, sweep: boolean): void {
    const { barriers, holders } = this.#options;
    barriers.put(barrier);
    if (!sweep) return;
    barriers.inForce(barrier.member);
    holders.sweep(barrier);
  }
}
