import type { ArrayReader, Command, Durable, Reader, SqliteValue } from "@holdfast/sqlite";
import { type BarrierRecord, barrierOf, putBarrierCommand } from "./barrier-columns.js";
import { copyOf, copyTraits, putCopyCommand } from "./copy-columns.js";
import { DirtyTable } from "./dirty-table.js";
import { RecentRows } from "./recent-rows.js";
import {
  type CopyRecord,
  type HeldSet,
  heldSetOf,
  integer,
  type RowRecord,
  text,
} from "./records.js";
import { heldSetFrom, putRowCommand, rowOf } from "./row-columns.js";

/** Copies held in memory for the file while it takes none; beyond it they are given up. */
const maxDirtyCopies = 20_000;
/** Copies written in one transaction, so that a removal after a burst of them does not wait for all. */
const copiesInUnit = 1_000;

/** How values lie on the disk: as they are, or sealed to their key. Opening what is not whole answers null. */
export interface ValueCover {
  close(value: string, key: string): string | Uint8Array;
  open(value: string | Uint8Array, key: string): string | null;
}

/** Values as they are. */
export const bareValues: ValueCover = {
  close: (value) => value,
  open: (value) => (typeof value === "string" ? value : null),
};

/** Above every key: a key has at most 512 bytes, and no code point sorts after this one. */
export const afterEveryKey: string = "\u{10ffff}".repeat(129);

/**
 * The durable layer: one SQLite file behind a table of what it does not hold yet. Everything put
 * between two commits becomes one transaction, so what belongs together is put together and then
 * committed. Reads see what was put at once.
 */
export class Disk {
  readonly #durable: Durable;
  readonly #cover: ValueCover;
  readonly #copies: DirtyTable<string, CopyRecord>;
  readonly #rows: DirtyTable<string, RowRecord>;
  readonly #pending: DirtyTable<number, string>;
  readonly #barriers: DirtyTable<string, BarrierRecord>;
  readonly #notes: DirtyTable<string, string>;
  readonly #recentRows = new RecentRows();
  readonly #readCopy: ArrayReader;
  readonly #readRow: Reader;
  readonly #readSet: ArrayReader;
  readonly #readRowsAfter: Reader;
  readonly #readCopiesAfter: Reader;
  #beforeCommit: () => void = () => undefined;
  /** The file holds copies and rows that are dropped already. */
  #emptying = false;
  #writing: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #mayHoldRows: boolean;
  #mayHoldCopies: boolean;

  constructor(durable: Durable, cover: ValueCover = bareValues) {
    this.#durable = durable;
    this.#cover = cover;
    this.#copies = new DirtyTable((key, copy) =>
      copy === null ? drop("dropCopy", key) : this.#putCopy(key, copy),
    );
    this.#rows = new DirtyTable((key, row) =>
      row === null ? drop("dropRow", key) : this.#putRow(key, row),
    );
    this.#pending = new DirtyTable((operation, body) =>
      body === null
        ? drop("dropPending", operation)
        : ["putPending", operation, cover.close(body, `pending:${operation}`)],
    );
    this.#barriers = new DirtyTable((member, barrier) =>
      barrier === null ? drop("dropBarrier", member) : putBarrierCommand(member, barrier),
    );
    this.#notes = new DirtyTable((name, body) => ["putNote", name, body ?? ""]);
    this.#readCopy = durable.arrayReader("SELECT v, meta FROM copy WHERE k = ?");
    this.#readRow = durable.reader(
      "SELECT v, meta, body, generation, seq, keep FROM row WHERE k = ?",
    );
    // Decoding what the log needs of a row costs a read more than finding it.
    this.#readSet = durable.arrayReader("SELECT v, meta FROM row WHERE k = ?");
    this.#readRowsAfter = durable.reader(
      "SELECT k, v, meta, body, generation, seq, keep FROM row WHERE k > ? AND k < ? ORDER BY k LIMIT ?",
    );
    this.#readCopiesAfter = durable.reader(
      "SELECT k, meta FROM copy WHERE k > ? AND k < ? ORDER BY k LIMIT ?",
    );
    this.#mayHoldRows = durable.reader("SELECT 1 AS one FROM row LIMIT 1").get() !== undefined;
    this.#mayHoldCopies = durable.reader("SELECT 1 AS one FROM copy LIMIT 1").get() !== undefined;
  }

  copy(key: string): CopyRecord | null {
    if (!this.#mayHoldCopies) return null;
    const dirty = this.#copies.get(key);
    if (dirty !== undefined) return dirty;
    if (this.#emptying) return null;
    const found = this.#readCopy.get(key);
    return found === undefined ? null : copyOf(found[0], found[1]);
  }

  row(key: string): RowRecord | null {
    if (!this.#mayHoldRows) return null;
    const known = this.#knownRow(key);
    if (known !== undefined) return known;
    const found = this.#readRow.get(key);
    const row = found === undefined ? null : rowOf(found, this.#openRow(key, found["v"]));
    this.#recentRows.keep(key, row);
    return row;
  }

  /** What a read needs of {@link Disk.row}, at less than half the cost; null where it has no set. */
  heldSet(key: string): HeldSet | null {
    if (!this.#mayHoldRows) return null;
    const known = this.#knownRow(key);
    if (known !== undefined) return known === null ? null : heldSetOf(known);
    const found = this.#readSet.get(key);
    const value = found === undefined ? null : this.#openRow(key, found[0]);
    return value === null ? null : heldSetFrom(value, found?.[1]);
  }

  /** The value of a copy as text; null where what the disk holds is not whole. */
  open(key: string, value: string | Uint8Array): string | null {
    return this.#cover.open(value, key);
  }

  putCopy(key: string, copy: CopyRecord | null): void {
    if (copy !== null) this.#mayHoldCopies = true;
    else if (!this.#mayHoldCopies) return;
    if (this.#durable.writeState().t === "refusing" && this.#copies.size > maxDirtyCopies)
      this.#copies.dropWaiting();
    this.#copies.put(key, copy);
  }

  putRow(key: string, row: RowRecord | null): void {
    if (row !== null) this.#mayHoldRows = true;
    this.#recentRows.keep(key, row);
    this.#rows.put(key, row);
  }

  putPending(operation: number, body: string | null): void {
    this.#pending.put(operation, body);
  }

  putBarrier(member: string, barrier: BarrierRecord | null): void {
    this.#barriers.put(member, barrier);
  }

  putNote(name: string, body: string): void {
    this.#notes.put(name, body);
  }

  note(name: string): string | null {
    const dirty = this.#notes.get(name);
    if (dirty !== undefined) return dirty;
    const found = this.#durable.reader("SELECT body FROM note WHERE name = ?").get(name);
    return found === undefined ? null : text(found["body"]);
  }

  /** Called before each commit, to put what goes with it. */
  beforeCommit(listener: () => void): void {
    this.#beforeCommit = listener;
  }

  /** Unpublished operations in order, for a start. One that cannot be opened is left out and counted. */
  allPending(): { readonly bodies: ReadonlyMap<number, string>; readonly broken: number } {
    const bodies = new Map<number, string>();
    let broken = 0;
    for (const found of this.#durable
      .reader("SELECT operation, body FROM pending ORDER BY operation")
      .all()) {
      const operation = integer(found["operation"]);
      const body = found["body"];
      const opened =
        typeof body === "string" || body instanceof Uint8Array
          ? this.#cover.open(body, `pending:${operation}`)
          : null;
      if (opened === null) broken += 1;
      else bodies.set(operation, opened);
    }
    return { bodies, broken };
  }

  allBarriers(): ReadonlyMap<string, BarrierRecord> {
    const found = this.#durable
      .reader("SELECT member, body, version, swept, generation, seq, keep FROM barrier")
      .all();
    return new Map(found.map((row) => [text(row["member"]), barrierOf(row)]));
  }

  /** Rows in the file in key order, within the bounds (both exclusive), each in its latest state. See {@link dirtyRows}. */
  rowsAfter(key: string, limit: number, before: string = afterEveryKey): [string, RowRecord][] {
    if (!this.#mayHoldRows || this.#emptying) return [];
    return this.#readRowsAfter.all(key, before, limit).map((found) => {
      const name = text(found["k"]);
      return [name, this.#rows.get(name) ?? rowOf(found, this.#openRow(name, found["v"]))];
    });
  }

  /** Rows whose latest state the file does not hold. */
  dirtyRows(): [string, RowRecord][] {
    return [...this.#rows.entries()].filter(
      (entry): entry is [string, RowRecord] => entry[1] !== null,
    );
  }

  /** Keys of copies in the file in key order, within the bounds (both exclusive). */
  copiesAfter(
    key: string,
    before: string,
    limit: number,
  ): { key: string; goneAtMs: number; version: number; tags: readonly string[] }[] {
    if (this.#emptying) return [];
    return this.#readCopiesAfter
      .all(key, before, limit)
      .map((found) => ({ key: text(found["k"]), ...copyTraits(text(found["meta"])) }));
  }

  /** Version of a copy that the file does not hold yet; infinite where it is being dropped; undefined: the file's own is the latest. */
  dirtyVersion(key: string): number | undefined {
    const dirty = this.#copies.get(key);
    return dirty === null ? Number.POSITIVE_INFINITY : dirty?.version;
  }

  dirtyCopies(): [string, CopyRecord][] {
    return [...this.#copies.entries()].filter(
      (entry): entry is [string, CopyRecord] => entry[1] !== null,
    );
  }

  countRows(): number {
    if (this.#emptying) return 0;
    return integer(this.#durable.reader("SELECT count(*) AS n FROM row").get()?.["n"]);
  }

  /** Whether so many copies wait that they should be written now. */
  get crowded(): boolean {
    return this.#copies.waiting >= copiesInUnit;
  }

  /**
   * Writes everything put so far as one transaction. What fails stays put and goes with a later commit.
   *
   * @throws SqliteError as `Durable.write`.
   */
  commit(): Promise<void> {
    if (this.#writing === null) return this.#write();
    this.#next ??= this.#writing.then(
      () => this.#write(),
      () => this.#write(),
    );
    return this.#next;
  }

  /** As {@link Disk.commit}, until no copy waits any more. */
  async flush(): Promise<void> {
    do await this.commit();
    while (this.#copies.waiting > 0);
  }

  /** Runs commands of its own in a unit of its own; for sweeps. */
  async run(unit: readonly Command[]): Promise<void> {
    await this.#durable.write(unit);
  }

  /** Drops every copy and row: here at once, and in the file with the next commit. */
  dropAll(): void {
    this.#copies.clear();
    this.#rows.clear();
    this.#recentRows.clear();
    this.#emptying = true;
  }

  #write(): Promise<void> {
    this.#next = null;
    const unit: Command[] = this.#emptying ? [["dropAllCopies"], ["dropAllRows"]] : [];
    const tables = [this.#rows, this.#barriers, this.#pending, this.#notes];
    if (unit.length === 0 && [this.#copies, ...tables].every((table) => table.size === 0))
      return Promise.resolve();
    this.#beforeCommit();
    for (const table of tables) table.take(unit, Number.POSITIVE_INFINITY);
    this.#copies.take(unit, copiesInUnit);
    const left = this.#copies.waiting > 0;
    const writing = this.#durable.write(unit).then(
      () => {
        this.#writing = null;
        this.#emptying = false;
        for (const table of [this.#copies, ...tables]) table.written();
        if (left) this.commit().catch(() => undefined);
      },
      (error: unknown) => {
        this.#writing = null;
        for (const table of [this.#copies, ...tables]) table.failed();
        throw error;
      },
    );
    this.#writing = writing;
    return writing;
  }

  /** The row as far as it is known without the file; undefined: the file has to be asked. */
  #knownRow(key: string): RowRecord | null | undefined {
    const recent = this.#recentRows.get(key);
    if (recent !== undefined) return recent;
    const dirty = this.#rows.get(key);
    return dirty === undefined && this.#emptying ? null : dirty;
  }

  #putCopy(key: string, copy: CopyRecord): Command {
    const { value } = copy;
    return putCopyCommand(
      key,
      copy,
      typeof value === "string" ? this.#cover.close(value, key) : value,
    );
  }

  #putRow(key: string, record: RowRecord): Command {
    const { set } = record.row;
    return putRowCommand(key, record, set === null ? null : this.#cover.close(set.value, key));
  }

  #openRow(key: string, raw: SqliteValue | undefined): string | null {
    return typeof raw === "string" || raw instanceof Uint8Array ? this.#cover.open(raw, key) : null;
  }
}

function drop(statement: string, key: string | number): Command {
  return [statement, key];
}
