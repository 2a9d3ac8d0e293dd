import type { ArrayReader, Command, Durable, Opening, Reader, WriteState } from "@holdfast/sqlite";
import type { MemoryDurable } from "@holdfast/sqlite/testing";

interface Unit {
  readonly commands: readonly Command[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A durable file whose commits can be made to wait, so that a process can die before, and between, them. */
export class HeldDisk implements Durable {
  /** Whether commits wait for {@link commitNext}. */
  held = false;
  readonly #inner: MemoryDurable;
  readonly #units: Unit[] = [];

  constructor(inner: MemoryDurable) {
    this.#inner = inner;
  }

  get path(): string {
    return this.#inner.path;
  }

  get opening(): Opening {
    return this.#inner.opening;
  }

  get waiting(): number {
    return this.#units.length;
  }

  reader(sql: string): Reader {
    return this.#inner.reader(sql);
  }

  arrayReader(sql: string): ArrayReader {
    return this.#inner.arrayReader(sql);
  }

  write(commands: readonly Command[]): Promise<void> {
    if (!this.held && this.#units.length === 0) return this.#inner.write(commands);
    return new Promise((resolve, reject) => {
      this.#units.push({ commands, resolve, reject });
    });
  }

  /** Commits the unit that waits longest. */
  commitNext(): void {
    const unit = this.#units.shift();
    if (unit !== undefined) this.#inner.write(unit.commands).then(unit.resolve, unit.reject);
  }

  release(): void {
    this.held = false;
    while (this.#units.length > 0) this.commitNext();
  }

  writeState(): WriteState {
    return this.#inner.writeState();
  }

  onWriteState(listener: (state: WriteState) => void): () => void {
    return this.#inner.onWriteState(listener);
  }

  setFull(full: boolean): void {
    this.#inner.setFailure(full ? "full" : null);
  }

  /** The process dies with `reached` of the waiting units on the disk, which then works again. */
  crash(reached: number): MemoryDurable {
    for (const { commands } of this.#units.slice(0, reached)) {
      this.#inner.write(commands).catch(() => undefined);
    }
    return this.#inner.crash();
  }

  lose(): MemoryDurable {
    return this.#inner.lose();
  }

  backup(path: string): Promise<void> {
    return this.#inner.backup(path);
  }

  vacuum(maxPages?: number): Promise<void> {
    return this.#inner.vacuum(maxPages);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
