const words = 8;

/** A set of small numbers, quick to copy and to unite. */
export class OpSet {
  readonly #bits: Uint32Array;

  constructor(bits: Uint32Array = new Uint32Array(words)) {
    this.#bits = bits;
  }

  /** The most numbers a set can hold. */
  static readonly capacity: number = words * 32;

  has(number: number): boolean {
    return ((this.#bits[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0;
  }

  add(number: number): void {
    if (number >= OpSet.capacity) throw new RangeError(`Cannot hold ${number}`);
    this.#bits[number >>> 5] = (this.#bits[number >>> 5] ?? 0) | (1 << (number & 31));
  }

  delete(number: number): void {
    this.#bits[number >>> 5] = (this.#bits[number >>> 5] ?? 0) & ~(1 << (number & 31));
  }

  /** Takes in all of the other's numbers. */
  unite(other: OpSet): void {
    for (let word = 0; word < words; word += 1) {
      this.#bits[word] = (this.#bits[word] ?? 0) | (other.#bits[word] ?? 0);
    }
  }

  copy(): OpSet {
    return new OpSet(this.#bits.slice());
  }

  *[Symbol.iterator](): IterableIterator<number> {
    for (let word = 0; word < words; word += 1) {
      for (let bits = this.#bits[word] ?? 0; bits !== 0; bits &= bits - 1) {
        yield word * 32 + (31 - Math.clz32(bits & -bits));
      }
    }
  }
}
