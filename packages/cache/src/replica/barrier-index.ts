import type { Barrier } from "./barriers.js";

/**
 * Finds the barriers that may concern a key without asking each of them: by the literal beginning
 * of their pattern, or by their tag. A read costs one look-up for each length of beginning there is.
 */
export class BarrierIndex {
  readonly #byPrefix = new Map<string, Map<string, Barrier>>();
  readonly #byTag = new Map<string, Barrier>();
  /** How many prefixes there are of each length. */
  readonly #lengths = new Map<number, number>();

  put(barrier: Barrier): void {
    if (barrier.member.startsWith("t:")) {
      this.#byTag.set(barrier.member.slice(2), barrier);
      return;
    }
    const bucket = this.#byPrefix.get(barrier.prefix);
    if (bucket !== undefined) {
      bucket.set(barrier.member, barrier);
      return;
    }
    this.#byPrefix.set(barrier.prefix, new Map([[barrier.member, barrier]]));
    this.#lengths.set(barrier.prefix.length, (this.#lengths.get(barrier.prefix.length) ?? 0) + 1);
  }

  delete(barrier: Barrier): void {
    if (barrier.member.startsWith("t:")) {
      this.#byTag.delete(barrier.member.slice(2));
      return;
    }
    const bucket = this.#byPrefix.get(barrier.prefix);
    if (bucket === undefined || !bucket.delete(barrier.member) || bucket.size > 0) return;
    this.#byPrefix.delete(barrier.prefix);
    const left = (this.#lengths.get(barrier.prefix.length) ?? 1) - 1;
    if (left === 0) this.#lengths.delete(barrier.prefix.length);
    else this.#lengths.set(barrier.prefix.length, left);
  }

  /** Those that share the barrier's beginning, itself included. */
  beside(prefix: string): Iterable<Barrier> & { readonly size: number } {
    const bucket = this.#byPrefix.get(prefix);
    const all = bucket === undefined ? [] : [...bucket.values()];
    return { size: all.length, [Symbol.iterator]: () => all.values() };
  }

  /** Every barrier that takes an entry of that key and those tags. */
  matching(key: string, tags: readonly string[]): Barrier[] {
    const found: Barrier[] = [];
    for (const length of this.#lengths.keys()) {
      if (length > key.length) continue;
      const bucket = this.#byPrefix.get(key.slice(0, length));
      if (bucket === undefined) continue;
      for (const barrier of bucket.values()) if (barrier.matches(key, tags)) found.push(barrier);
    }
    for (const tag of tags) {
      const barrier = this.#byTag.get(tag);
      if (barrier !== undefined) found.push(barrier);
    }
    return found;
  }
}
