import type { Acknowledge, Receipt, RemovalTarget } from "./cache-contract.js";
import { CacheError } from "./cache-error.js";
import type { Clock } from "./clock.js";
import type { Disk } from "./disk/disk.js";
import type { Place } from "./disk/records.js";
import { type Acknowledged, acknowledgedBy } from "./replica/acknowledgements.js";
import type { Alone } from "./replica/alone.js";
import type { Knowledge } from "./replica/knowledge.js";
import type { LogLoop } from "./replica/log-loop.js";
import type { Outcome, PendingBarrier, PendingKey } from "./replica/pending.js";
import { acknowledgeLevels } from "./rules/arguments.js";

type Shortfall = NonNullable<Receipt["shortfall"]>;

const unpublished: Shortfall = {
  code: "unpublished",
  message: "Redis did not take it in time; it is published once Redis is back",
};
const overtaken: Shortfall = {
  code: "overtaken",
  message: "another instance removed the key or wrote it newer",
};

export interface WritesOptions {
  readonly disk: Disk;
  readonly knowledge: Knowledge;
  readonly clock: Clock;
  readonly memberId: string;
  /** Null: the instance is alone. */
  readonly loop: LogLoop | null;
  readonly alone: Alone | null;
  readonly nowMs: () => number;
  /** Server time as well as it is known. */
  readonly sharedNowMs: () => number;
  readonly nextOperation: () => number;
  readonly replicated: () => Promise<number>;
  /** How long a publication is waited for. */
  readonly publishTimeoutMs: number;
  /** How long the members are waited for after it. */
  readonly membersTimeoutMs: number;
  readonly maxUnpublished: number;
  readonly maxRows: number;
  readonly step: (name: string) => void;
}

/** Own writes: on the disk first, then in the log, and a receipt that says how far they came. */
export class Writes {
  readonly #options: WritesOptions;
  #lastStamp = 0;

  constructor(options: WritesOptions) {
    this.#options = options;
  }

  set(
    key: string,
    value: string,
    ttlMs: number,
    tags: readonly string[],
    level: Acknowledge,
  ): Promise<Receipt> {
    const { knowledge, nowMs, memberId } = this.#options;
    this.#checkRoom();
    const number = this.#options.nextOperation();
    const storedAtMs = nowMs();
    const item = knowledge.putSet(number, key, {
      value,
      stamp: this.#stamp(key),
      operation: `${memberId}:${number}`,
      tags,
      storedAtMs,
      goneAtMs: storedAtMs + ttlMs,
    });
    return this.#carry(item, level);
  }

  delete(key: string, level: Acknowledge): Promise<Receipt> {
    return this.#carry(
      this.#options.knowledge.putRemoval(this.#options.nextOperation(), key),
      level,
    );
  }

  /** By glob, tag or namespace; a literal key is {@link Writes.delete}. */
  invalidate(
    member: string,
    level: Acknowledge,
  ): { readonly receipt: Promise<Receipt>; readonly dropped: number } {
    const { item, dropped } = this.#options.knowledge.putBarrier(
      this.#options.nextOperation(),
      member,
    );
    return { receipt: this.#carry(item, level), dropped };
  }

  #checkRoom(): void {
    const { knowledge, maxUnpublished, maxRows } = this.#options;
    if (knowledge.pending.size >= maxUnpublished) {
      throw new CacheError(
        "full",
        `Cannot set: ${maxUnpublished} writes wait for Redis already (maxUnpublished)`,
      );
    }
    if (knowledge.rows >= maxRows)
      throw new CacheError("full", `Cannot set: ${maxRows} rows are kept already (maxRows)`);
  }

  /** Rises with every set of this instance, and above the set it replaces, however the clocks go. */
  #stamp(key: string): number {
    const { disk, knowledge, sharedNowMs } = this.#options;
    const published = disk.row(key)?.row.set?.stamp ?? 0;
    const waiting = knowledge.pending.key(key)?.set?.stamp ?? 0;
    const least = Math.max(this.#lastStamp, published, waiting) + 1;
    this.#lastStamp = Math.max(least, Math.round(sharedNowMs() * 1000));
    return this.#lastStamp;
  }

  async #carry(item: PendingKey | PendingBarrier, level: Acknowledge): Promise<Receipt> {
    const { disk, knowledge, alone, loop, memberId, step } = this.#options;
    const operation = `${memberId}:${item.number}`;
    const wanted = acknowledgeLevels.indexOf(level);
    const settled = loop !== null && wanted >= 2 ? this.#settled(item, loop) : null;
    alone?.settle(item);
    step("write:put");
    const durable = disk.commit().then(
      () => {
        step("write:committed");
        knowledge.pending.committed(item.number);
        loop?.kick();
        return null;
      },
      (error: unknown) => {
        // What the disk refuses is in force and published all the same; the receipt says that it is not durable.
        knowledge.pending.committed(item.number);
        loop?.kick();
        return shortfall(error);
      },
    );
    if (wanted === 0) return { operation, acknowledged: "memory" };
    const short = await durable;
    if (loop === null) return this.#aloneReceipt(operation, level, short);
    const base: Receipt =
      short === null
        ? { operation, acknowledged: "durable" }
        : { operation, acknowledged: "memory", shortfall: short };
    return settled === null ? base : this.#sharedReceipt(base, level, await settled, loop);
  }

  #aloneReceipt(operation: string, level: Acknowledge, short: Shortfall | null): Receipt {
    if (short !== null) return { operation, acknowledged: "memory", shortfall: short };
    if (level !== "all") return { operation, acknowledged: level };
    return {
      operation,
      acknowledged: "all",
      confirmed: [this.#options.memberId],
      expired: [],
      unconfirmed: [],
    };
  }

  async #sharedReceipt(
    base: Receipt,
    level: Acknowledge,
    outcome: Outcome | null,
    loop: LogLoop,
  ): Promise<Receipt> {
    if (outcome === null)
      return { ...falling(base, unpublished), ...(level === "all" ? this.#nobody(loop) : {}) };
    if (outcome.t === "overtaken") return falling(base, overtaken);
    const replicas = await this.#options.replicated();
    const published: Receipt = {
      ...reaching(base, "shared"),
      ...(replicas > 0 ? { replicas } : {}),
    };
    if (level === "shared") return published;
    const acknowledged = await this.#members(outcome.member, loop);
    const { length } = acknowledged.unconfirmed;
    if (length === 0 && loop.knowsMembers && loop.isUpToDate)
      return { ...reaching(published, "all"), ...acknowledged };
    const message =
      length > 0
        ? `${length} members have neither applied it nor expired`
        : "Redis began anew, and not every member is back yet";
    return { ...falling(published, { code: "unconfirmed", message }), ...acknowledged };
  }

  /** Nobody but this instance is known to have applied what is not published. */
  #nobody(loop: LogLoop): Acknowledged {
    const others = loop.members
      .filter((member) => member.id !== this.#options.memberId)
      .map((member) => member.id);
    return { confirmed: [this.#options.memberId], expired: [], unconfirmed: others };
  }

  /** The outcome of an operation, or null when it has none in time. */
  #settled(item: PendingKey | PendingBarrier, loop: LogLoop): Promise<Outcome | null> {
    const { knowledge, clock, publishTimeoutMs } = this.#options;
    return new Promise((resolve) => {
      const finish = (outcome: Outcome | null): void => {
        cancel();
        stop();
        resolve(outcome);
      };
      const cancel = clock.after(publishTimeoutMs, () => finish(null));
      const stop = loop.onTurn(() => {
        if (loop.ended) finish(null);
      });
      knowledge.pending.whenSettled(item, finish);
    });
  }

  /** Waits until every member has confirmed what stands at the member's place, or expired, or time is up. */
  #members(member: string, loop: LogLoop): Promise<Acknowledged> {
    const { clock, membersTimeoutMs } = this.#options;
    const end = loop.hurry();
    return new Promise((resolve) => {
      const finish = (acknowledged: Acknowledged): void => {
        cancel();
        stop();
        end();
        resolve(acknowledged);
      };
      const look = (): Acknowledged =>
        acknowledgedBy(loop.members, this.#options.memberId, this.#placeOf(member));
      const readSince = (): boolean => loop.hasReadMembersSince(this.#placeOf(member));
      // Who had expired when the log was last read may be back by now.
      const late = (): Acknowledged =>
        loop.isUpToDate && readSince() ? look() : withoutExpired(look());
      const cancel = clock.after(membersTimeoutMs, () => finish(late()));
      const stop = loop.onTurn(() => {
        if (loop.ended) return finish(late());
        const acknowledged = look();
        if (acknowledged.unconfirmed.length > 0 || !loop.knowsMembers || !readSince()) return;
        finish(acknowledged);
      });
    });
  }

  /** The place in the present generation's log; it changes with the generation. */
  #placeOf(member: string): Place {
    const { disk, knowledge } = this.#options;
    const place = member.startsWith("k:")
      ? disk.row(member.slice(2))?.place
      : knowledge.barriers.get(member)?.place;
    return place ?? { generation: null, seq: Number.MAX_SAFE_INTEGER };
  }
}

function withoutExpired({ confirmed, expired, unconfirmed }: Acknowledged): Acknowledged {
  return { confirmed, expired: [], unconfirmed: [...expired, ...unconfirmed] };
}

/** The log's name for a target that is not a single key. */
export function barrierMember(target: Exclude<RemovalTarget, { readonly key: string }>): string {
  if ("glob" in target) return `g:${target.glob}`;
  if ("tag" in target) return `t:${target.tag}`;
  return `n:${target.namespace}`;
}

/** A write that is not durable has reached no level above memory, however far it was published. */
function reaching(receipt: Receipt, acknowledged: Acknowledge): Receipt {
  return receipt.shortfall === undefined ? { ...receipt, acknowledged } : receipt;
}

function falling(receipt: Receipt, shortfall: Shortfall): Receipt {
  return { ...receipt, shortfall: receipt.shortfall ?? shortfall };
}

function shortfall(error: unknown): Shortfall {
  const code =
    error instanceof Error && "code" in error && typeof error.code === "string"
      ? error.code
      : "disk";
  return {
    code: "not-durable",
    message: `the disk does not take it (${code}); it is in force, but a crash now may lose it`,
  };
}
