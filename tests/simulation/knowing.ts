import { decodeRow } from "../../packages/cache/src/log/row-wire.js";
import type { PublishOperation, TailRequest } from "../../packages/cache/src/log/shared-store.js";
import type { GroundTruth, Operation } from "./ground-truth.js";
import type { LinkObserver } from "./link.js";
import { OpSet } from "./op-set.js";
import type { Appended, Cargo } from "./server.js";

interface Offer extends Appended {
  readonly generation: string;
}

/** An own operation under the number that the instance gave it. */
interface Numbered {
  readonly number: number;
  readonly operation: Operation;
  /** Known by the instance to stand in a log. */
  landed: boolean;
  /** Read, by the program that runs, in a log that is over: it counts as published and is told like what others made. */
  settled: boolean;
}

/**
 * What one instance knows, told apart from what it claims and from what its rules say: sets of
 * operations, learned from what went over its link.
 */
export class Knowing implements LinkObserver {
  /** Made here, or covered by a cursor that was told. What it must act on. */
  applied = new OpSet();
  /** Everything it can have made or read at all. */
  heardOf = new OpSet();
  /** Of {@link heardOf}, what it is not certain to know. */
  doubtful = new OpSet();
  readonly #truth: GroundTruth;
  readonly #forgotten: (operation: Operation) => void;
  readonly #nowMs: () => number;
  /** When what it must act on came to be that. */
  readonly #appliedAtMs = new Map<number, number>();
  #offers: Offer[] = [];
  /** The last reading of a whole log. */
  #whole: { readonly generation: string | null; readonly entries: readonly Appended[] } | null =
    null;
  #own: Numbered[] = [];
  /** Of {@link applied}, what its disk has. */
  #durable = new OpSet();

  /** `forgotten` is told of removals that go from a server before they were read. */
  constructor(truth: GroundTruth, forgotten: (operation: Operation) => void, nowMs: () => number) {
    this.#truth = truth;
    this.#forgotten = forgotten;
    this.#nowMs = nowMs;
  }

  get durable(): OpSet {
    return this.#durable;
  }

  /** What the program that runs is certain to know, on its disk or not. */
  read(): OpSet {
    const read = this.heardOf.copy();
    for (const id of this.doubtful) read.delete(id);
    return read;
  }

  made(operation: Operation, number: number): void {
    this.#own.push({ number, operation, landed: false, settled: false });
    this.#apply(operation.id);
    this.heardOf.add(operation.id);
  }

  /** Whether it has had to act on it since then. */
  hasAppliedBy(id: number, ms: number): boolean {
    return this.applied.has(id) && (this.#appliedAtMs.get(id) ?? ms) <= ms;
  }

  /** The disk has it. */
  kept(operation: Operation): void {
    if (this.applied.has(operation.id)) this.#durable.add(operation.id);
  }

  /** What its disk is not known to have, it may have or not. */
  crashed(): void {
    this.#leaveInDoubt();
    this.applied = this.#durable.copy();
    for (const id of this.heardOf) if (!this.#durable.has(id)) this.doubtful.add(id);
    this.#offers = [];
    this.#whole = null;
  }

  /** The program ended in good order: what it knew is on its disk. */
  ended(): void {
    this.#leaveInDoubt();
    for (const id of this.applied) this.#durable.add(id);
  }

  lostDisk(): void {
    this.applied = new OpSet();
    this.heardOf = new OpSet();
    this.doubtful = new OpSet();
    this.#durable = new OpSet();
    this.#own = [];
    this.#offers = [];
    this.#whole = null;
  }

  told(generation: string, cursor: number): void {
    const left: Offer[] = [];
    for (const offer of this.#offers) {
      if (offer.generation !== generation) continue;
      if (offer.seq > cursor) left.push(offer);
      else this.#absorb(offer);
    }
    this.#offers = left;
  }

  cargoOf({ member, operation }: PublishOperation): Cargo {
    this.#hasKept(this.#numbered(operation)?.operation);
    const cargo = { surely: new OpSet(), maybe: new OpSet() };
    for (const id of this.heardOf) {
      if (this.#truth.get(id).member !== member) continue;
      const own = this.#own.find((numbered) => numbered.operation.id === id);
      const waits = own !== undefined && !own.landed && !own.settled;
      if (waits && own.number > operation) continue;
      cargo.maybe.add(id);
      if (!this.doubtful.has(id)) cargo.surely.add(id);
    }
    return cargo;
  }

  offered(generation: string, entries: readonly Appended[]): void {
    for (const entry of entries) this.#offers.push({ ...entry, generation });
  }

  heard(request: TailRequest, entries: readonly Appended[], inPlace: boolean): void {
    this.#readOn(request, entries);
    for (const { surely, maybe } of entries) {
      for (const id of maybe) if (!this.#surelyKnown(id)) this.doubtful.add(id);
      this.heardOf.unite(maybe);
      const readWhole = this.#whole?.generation === request.generation;
      for (const own of this.#own)
        if (readWhole && surely.has(own.operation.id)) own.settled = true;
      if (!inPlace) continue;
      for (const id of surely) this.doubtful.delete(id);
      for (const own of this.#own) if (surely.has(own.operation.id)) own.landed = true;
    }
  }

  /** A log is read from its start, page by page. */
  #readOn({ generation, cursor }: TailRequest, entries: readonly Appended[]): void {
    if (cursor === 0) this.#whole = { generation, entries };
    else if (this.#whole?.generation === generation)
      this.#whole = { generation, entries: [...this.#whole.entries, ...entries] };
  }

  founding(expected: string | null): void {
    if (expected === null || this.#whole?.generation !== expected) return;
    for (const entry of this.#whole.entries) this.#absorb(entry);
  }

  wiped(entries: readonly Appended[]): void {
    for (const { surely } of entries) {
      for (const id of surely) {
        const operation = this.#truth.get(id);
        if (operation.t === "removal" && !this.heardOf.has(id)) this.#forgotten(operation);
      }
    }
  }

  appended(generation: string, { member, row }: PublishOperation): void {
    const removal = removalIn(row);
    if (removal === null) return;
    const upTo = this.#own.filter(
      ({ operation, number }) =>
        operation.t === "removal" && operation.member === member && number <= removal,
    );
    upTo.at(-1)?.operation.places.push(generation);
  }

  landed(publication: PublishOperation): void {
    const own = this.#numbered(publication.operation);
    if (own === undefined) return;
    for (const other of this.#own) {
      if (other.operation.member === publication.member && other.number <= own.number)
        other.landed = true;
    }
  }

  #apply(id: number): void {
    if (!this.applied.has(id)) this.#appliedAtMs.set(id, this.#nowMs());
    this.applied.add(id);
  }

  #leaveInDoubt(): void {
    for (const own of this.#own) {
      own.settled = false;
      if (!own.landed) own.operation.inDoubt = true;
    }
  }

  #surelyKnown(id: number): boolean {
    return this.heardOf.has(id) && !this.doubtful.has(id);
  }

  /** What it publishes although its program began anew was on its disk. */
  #hasKept(operation: Operation | undefined): void {
    if (operation === undefined || !this.doubtful.has(operation.id)) return;
    this.doubtful.delete(operation.id);
    this.applied.add(operation.id);
    this.#durable.add(operation.id);
  }

  #numbered(number: number): Numbered | undefined {
    return number === 0 ? undefined : this.#own.find((own) => own.number === number);
  }

  #absorb({ surely }: Appended): void {
    for (const id of surely) {
      const own = this.#own.find(({ operation }) => operation.id === id);
      if (own !== undefined) own.landed = true;
      this.#apply(id);
      this.heardOf.add(id);
      this.doubtful.delete(id);
      if (own === undefined) this.#durable.add(id);
    }
  }
}

/** The number under which the row is a removal by its publisher; null where it is none. */
function removalIn(row: string): number | null {
  const here = { ordinal: 0, generation: "", seq: 1 };
  const operation = decodeRow(row, here).removed[here.generation]?.[1];
  return operation === undefined ? null : Number(operation.split(":")[1]);
}
