import type { OpSet } from "./op-set.js";

/** Something that an instance was told to do to what all share: a removal or a set. */
export interface Operation {
  readonly id: number;
  readonly t: "removal" | "set";
  /** The log's name for what it is about; used only to tell which operations one entry can carry. */
  readonly member: string;
  readonly text: string;
  readonly by: number;
  readonly matches: (key: string, tags: readonly string[]) => boolean;
  readonly madeAtMs: number;
  /** The value of a set. */
  readonly value: Value | null;
  /** The generation of each place that it was given in a log, itself or what goes with it. */
  readonly places: string[];
  /** A run of its maker ended without knowing whether it stood in a log. */
  inDoubt: boolean;
  /** Known to be published, by whom it was made for, since; null: not (yet). */
  sharedAtMs: number | null;
  /** The Redis it was acknowledged on. */
  sharedOn: object | null;
  durable: boolean;
}

/** A value, of which there is only one, and what its writer or loader knew. */
export interface Value {
  readonly name: string;
  readonly key: string;
  readonly kind: "set" | "copy";
  readonly tags: readonly string[];
  readonly by: number;
  /** Everything that its writer can have known. */
  readonly knew: OpSet;
  /** Of {@link knew}, what its writer had read of the log it was in, or made, and not lost with a crash. */
  readonly hadRead: OpSet;
  /** What its writer is certain to have known, on its disk as well. */
  readonly knewSurely: OpSet;
  /** Server time at which a set ends. */
  readonly endsAtMs: number;
}

/** What no instance is asked: every operation, every value, and who knew what when. */
export class GroundTruth {
  readonly operations: Operation[] = [];
  readonly #values = new Map<string, Value>();

  operation(
    given: Omit<Operation, "id" | "places" | "inDoubt" | "sharedAtMs" | "sharedOn" | "durable">,
  ): Operation {
    const made = {
      ...given,
      id: this.operations.length,
      places: [],
      inDoubt: false,
      sharedAtMs: null,
      sharedOn: null,
      durable: false,
    };
    this.operations.push(made);
    return made;
  }

  get(id: number): Operation {
    const operation = this.operations[id];
    if (operation === undefined) throw new RangeError(`Cannot find operation ${id}`);
    return operation;
  }

  addValue(value: Value): Value {
    this.#values.set(value.name, value);
    return value;
  }

  value(name: unknown): Value {
    const value = typeof name === "string" ? this.#values.get(name) : undefined;
    if (value === undefined)
      throw new RangeError(`Cannot find value ${JSON.stringify(name)}: nobody wrote it`);
    return value;
  }

  get valueCount(): number {
    return this.#values.size;
  }

  /** A removal in `known` that the value's writer did not know of, or may not have known of; of those that match the other value as well. */
  removalUnknownTo(
    value: Value,
    known: OpSet,
    knew: OpSet = value.knew,
    beside: Value = value,
  ): Operation | null {
    for (const id of known) {
      const operation = this.get(id);
      if (operation.t !== "removal" || knew.has(id)) continue;
      if (!operation.matches(beside.key, beside.tags)) continue;
      if (operation.matches(value.key, value.tags)) return operation;
    }
    return null;
  }

  /** Sets of the key in `known` that no removal in `known` can have taken. */
  standingSets(key: string, known: OpSet): Operation[] {
    const standing: Operation[] = [];
    for (const id of known) {
      const operation = this.get(id);
      if (operation.value === null || operation.value.key !== key) continue;
      const { value } = operation;
      if (this.removalUnknownTo(value, known, value.knewSurely) === null) standing.push(operation);
    }
    return standing;
  }

  /** A set in `known` that the value must give way to, be it removed by now or not; removals in `maybe` may have come between. */
  setNewerThan(value: Value, known: OpSet, maybe: OpSet): Operation | null {
    const sets = this.#setsBefore(value, known, maybe);
    const beside = this.#setsBeside(value, known, maybe);
    for (const set of sets) {
      if (set.value === null || set.value === value) continue;
      if (value.kind === "set" && set.value.hadRead.has(this.idOf(value))) return set;
      if (value.kind !== "copy" || value.knew.has(set.id)) continue;
      const rivals = beside.filter((other) => this.#concurrent(set, other));
      if (!rivals.some((rival) => value.knew.has(rival.id))) return set;
    }
    return null;
  }

  /** Sets of the value's key, but for those that went with a removal which lets the value be. */
  #setsBefore(value: Value, known: OpSet, maybe: OpSet): Operation[] {
    const sets: Operation[] = [];
    for (const id of known) {
      const operation = this.get(id);
      const set = operation.value;
      if (set === null || set.key !== value.key) continue;
      const taken = this.removalUnknownTo(set, maybe, set.knewSurely, value);
      if (taken === null && !this.#takenAnew(set, value, maybe)) sets.push(operation);
    }
    return sets;
  }

  /**
   * Sets of the value's key that may have been there, but for those that are certain to have gone. What
   * goes by its tag leaves its place behind.
   */
  #setsBeside(value: Value, known: OpSet, maybe: OpSet): Operation[] {
    const sets: Operation[] = [];
    for (const id of maybe) {
      const operation = this.get(id);
      const set = operation.value;
      if (set === null || set.key !== value.key) continue;
      const untagged: Value = { ...set, tags: [] };
      if (this.removalUnknownTo(untagged, known, set.knew, value) === null) sets.push(operation);
    }
    return sets;
  }

  /** Whether a removal that was published twice, as if it were new, takes both. */
  #takenAnew(set: Value, beside: Value, known: OpSet): boolean {
    for (const id of known) {
      const operation = this.get(id);
      const { t, matches } = operation;
      if (t !== "removal" || !isMadeAnew(operation)) continue;
      if (matches(set.key, set.tags) && matches(beside.key, beside.tags)) return true;
    }
    return false;
  }

  /** Whether a set in `known` was written in knowledge of this one. */
  hasSuccessor(set: Operation, known: OpSet): boolean {
    for (const id of known) {
      const { member, value } = this.get(id);
      if (member === set.member && value?.knew.has(set.id) === true) return true;
    }
    return false;
  }

  /** Whether a removal in `known`, published more than once as if it were new, takes the value. */
  removalMadeAnew(value: Value, known: OpSet): boolean {
    for (const id of known) {
      const operation = this.get(id);
      if (operation.t !== "removal" || !isMadeAnew(operation)) continue;
      if (operation.matches(value.key, value.tags)) return true;
    }
    return false;
  }

  /** Whether a set in `known` and this one may have been written in ignorance of each other. */
  hasRival(set: Operation, known: OpSet): boolean {
    for (const id of known) {
      const other = this.get(id);
      if (other.member !== set.member || other.value === null || other === set) continue;
      const knewIt = set.value?.knewSurely.has(id) === true;
      if (!knewIt && !other.value.knewSurely.has(set.id)) return true;
    }
    return false;
  }

  /** The operation that wrote the value of a set. */
  idOf(value: Value): number {
    return this.operations.findIndex((operation) => operation.value === value);
  }

  #concurrent(one: Operation, other: Operation): boolean {
    if (one.value === null || other.value === null || one === other) return false;
    return !one.value.knew.has(other.id) && !other.value.knew.has(one.id);
  }
}

/** Whether it was published more than once as if it were new: a generation was lost, or what its maker knew. */
function isMadeAnew({ places, inDoubt }: Operation): boolean {
  return places.length > 1 && (inDoubt || new Set(places).size > 1);
}
