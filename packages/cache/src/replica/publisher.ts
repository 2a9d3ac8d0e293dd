import type { Disk } from "../disk/disk.js";
import type { Generation, PublishReply, SharedStore } from "../log/shared-store.js";
import type { Backlog } from "./backlog.js";
import type { Knowledge } from "./knowledge.js";
import type { PendingItem, PendingKey } from "./pending.js";
import { placeIn, type Shipment, shipPending, type Yard } from "./publication.js";
import { advance, committed, type Memo, saveMemo } from "./standing.js";

/** Operations per publication: bounds what one script holds the server up for. */
const batch = 256;

export interface PublisherOptions {
  readonly store: SharedStore;
  readonly disk: Disk;
  readonly knowledge: Knowledge;
  readonly backlog: Backlog;
  readonly memberId: string;
  readonly yard: () => Yard;
  /** Named steps, so that a test can end the process at each. */
  readonly step: (name: string) => void;
}

/** `landed`: some of it stands in the log; `reads` says whether there is something to read before the next. */
export type Published =
  | { readonly t: "nothing" }
  | { readonly t: "another-generation" }
  | { readonly t: "landed"; readonly memo: Memo; readonly reads: boolean };

/** Puts into the log what it does not hold: barriers first, then own operations, then rows. */
export class Publisher {
  readonly #options: PublisherOptions;
  /** Removals on their way in a call that was not answered; of an earlier run, all that it left. */
  #unsure: readonly PendingKey[];
  /** Whether this run has tried to publish. */
  started = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#unsure = [...options.knowledge.pending.keys].filter(isRemoval);
  }

  /** Publishes what is next. Nobody else may change the memo meanwhile. */
  async next(generation: Generation, memo: Memo): Promise<Published> {
    const { store, memberId, disk, backlog, step } = this.#options;
    const { losses } = disk;
    const { items, shipments } = this.#nextShipments(generation);
    // What is published over a row that is lost would tell of none of its removals.
    if (shipments.length === 0 || disk.losses !== losses) return { t: "nothing" };
    step("publish:ready");
    this.started = true;
    const { cursor, token, ownOperation } = memo;
    this.#unsure = items.filter(isRemoval);
    const reply = await store.publish({
      memberId,
      generation: generation.id,
      cursor,
      tokenAtCursor: token,
      ownOperation,
      operations: shipments.map((shipment) => shipment.operation),
    });
    this.#unsure = [];
    if (reply.t === "another-generation") return reply;
    step("publish:answered");
    const next = land(memo, generation, shipments, reply);
    if (disk.losses === losses) saveMemo(disk, { ...next, said: backlog.rowsPlaced });
    // Not waited for: what is lost of this with a crash is published again and changes nothing.
    void committed(disk);
    return { t: "landed", memo: next, reads: reply.t === "catch-up" || reply.seqs.includes(0) };
  }

  /**
   * The log was read and holds own operations up to that number. A removal whose call was not
   * answered may be among them and be part of a newer operation by now: it must not be made anew.
   */
  settle(ownOperation: number): void {
    const { knowledge } = this.#options;
    for (const item of knowledge.pending.upTo(ownOperation)) knowledge.settleLost(item);
    for (const { key, number, removal } of this.#unsure) {
      const now = knowledge.pending.key(key);
      const holds = now !== undefined && now.removal === removal && number <= ownOperation;
      if (holds) knowledge.settleRemoval(now); // rule: unanswered-removals
    }
    this.#unsure = [];
  }

  #nextShipments(generation: Generation): Load {
    const { knowledge, backlog, yard } = this.#options;
    const ground = yard();
    // First of all the barriers: no stream of own writes may hold them up.
    const barriers = backlog.nextBarriers(generation, ground, batch);
    if (barriers.length > 0) return { items: [], shipments: barriers };
    if (ground.beyondDisk !== null) knowledge.renewRemovals(ground.beyondDisk); // rule: renewed-beyond-disk
    const items = knowledge.pending.publishable(batch);
    if (items.length > 0) return { items, shipments: items.map((one) => shipPending(ground, one)) };
    return { items: [], shipments: backlog.nextRows(generation, ground, batch) };
  }
}

/** What one call publishes; `items` are the own operations in it. */
interface Load {
  readonly items: readonly PendingItem[];
  readonly shipments: readonly Shipment[];
}

function isRemoval(item: PendingItem): item is PendingKey {
  return item.t === "key" && item.removal !== null;
}

type Landing = Exclude<PublishReply, { readonly t: "another-generation" }>;

function land(
  memo: Memo,
  generation: Generation,
  shipments: readonly Shipment[],
  reply: Landing,
): Memo {
  let { ownOperation } = memo;
  let last: { readonly seq: number; readonly token: string } | null = null;
  for (const [index, seq] of reply.seqs.entries()) {
    const shipment = shipments[index];
    if (shipment === undefined) break;
    shipment.landed(placeIn(generation, seq));
    ownOperation = Math.max(ownOperation, shipment.operation.operation);
    if (seq > 0) last = { seq, token: shipment.operation.token };
  }
  // Only own entries lie between the cursor and the last of these: there is nothing to read there.
  const contiguous = last !== null && reply.seqBefore === memo.cursor;
  const read = contiguous && last !== null ? advance(memo, last.seq, last.token) : memo;
  return { ...read, ownOperation };
}
