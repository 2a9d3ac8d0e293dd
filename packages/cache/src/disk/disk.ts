import { type Command, type Durable, SqliteError, type SqliteValue } from "@holdfast/sqlite";
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
import { TableReaders } from "./table-readers.js";
import { bareValues, type ValueCover } from "./value-cover.js";

/** Copies held in memory for the file while it takes none; what comes beyond it is given up. */
const maxDirtyCopies = 20_000;
/** Copies written in one transaction, so that a removal after a burst of them does not wait for all. */
const copiesInUnit = 1_000;

/** Above every key: a key has at most 512 bytes, and no code point sorts after this one. */
export const afterEveryKey: string = "\u{10ffff}".repeat(129);

/**
 * The durable layer: one SQLite file behind a table of what it does not hold yet. Everything put
 * between two commits becomes one transaction, so what belongs together is put together and then
 * committed. Reads see what was put at once.
 */
export class Disk {
  #durable: Durable;
  #readers: TableReaders;
  readonly #cover: ValueCover;
  readonly #copies: DirtyTable<string, CopyRecord>;
  readonly #rows: DirtyTable<string, RowRecord>;
  readonly #pending: DirtyTable<number, string>;
  readonly #barriers: DirtyTable<string, BarrierRecord>;
  readonly #notes: DirtyTable<string, string>;
  readonly #recentRows = new RecentRows();
  #beforeCommit: () => void = () => undefined;
  #tellLost: (cause: unknown) => void = () => undefined;
  /** The file holds copies and rows that are dropped already. */
  #emptying = false;
  #losses = 0;
  #lostBecause: string | null = null;
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
    this.#readers = new TableReaders(durable);
    this.#watch(durable);
    this.#mayHoldRows = durable.reader("SELECT 1 AS one FROM row LIMIT 1").get() !== undefined;
    this.#mayHoldCopies = durable.reader("SELECT 1 AS one FROM copy LIMIT 1").get() !== undefined;
  }

  /** The file as it is open now. */
  get durable(): Durable {
    return this.#durable;
  }

  /** How often what the file held was given up. */
  get losses(): number {
    return this.#losses;
  }

  /** Why what the file held was given up, until it holds again what is known; null where it was not. */
  get lostBecause(): string | null {
    return this.#lostBecause;
  }

  /** Called when what the file holds can no longer be read, each time before anything is answered without it. */
  whenLost(listener: (cause: unknown) => void): void {
    this.#tellLost = listener;
    if (this.#lostBecause !== null) listener(this.#lostBecause);
  }

  /** Goes over to another file, which counts as empty: what is put stays put until that one has it. */
  moveTo(durable: Durable): void {
    this.#durable = durable;
    this.#readers = new TableReaders(durable);
    this.#watch(durable);
    this.#giveUp();
  }

  copy(key: string): CopyRecord | null {
    if (!this.#mayHoldCopies) return null;
    const dirty = this.#copies.get(key);
    if (dirty !== undefined) return dirty;
    if (this.#emptying) return null;
    // As `#read`, which costs an answer a function.
    try {
      const found = this.#readers.copy.get(key);
      return found === undefined ? null : copyOf(found[0], found[1]);
    } catch (cause) {
      this.#lose(cause);
      return null;
    }
  }

  row(key: string): RowRecord | null {
    if (!this.#mayHoldRows) return null;
    const known = this.#knownRow(key);
    if (known !== undefined) return known;
    return this.#read(null, (file) => {
      const found = file.row.get(key);
      const row = found === undefined ? null : rowOf(found, this.#openRow(key, found["v"]));
      this.#recentRows.keep(key, row);
      return row;
    });
  }

  /** What a read needs of {@link Disk.row}, at less than half the cost; null where it has no set. */
  heldSet(key: string): HeldSet | null {
    if (!this.#mayHoldRows) return null;
    const known = this.#knownRow(key);
    if (known !== undefined) return known === null ? null : heldSetOf(known);
    try {
      const found = this.#readers.set.get(key);
      const value = found === undefined ? null : this.#openRow(key, found[0]);
      return value === null ? null : heldSetFrom(value, found?.[1]);
    } catch (cause) {
      this.#lose(cause);
      return null;
    }
  }

  /** The value of a copy as text; null where what the disk holds is not whole. */
  open(key: string, value: string | Uint8Array): string | null {
    return this.#cover.open(value, key);
  }

  putCopy(key: string, copy: CopyRecord | null): void {
    if (copy !== null) this.#mayHoldCopies = true;
    else if (!this.#mayHoldCopies) return;
    const full = this.#copies.size >= maxDirtyCopies && this.#durable.writeState().t === "refusing";
    if (!full) this.#copies.put(key, copy);
    // An older one must not come back in place of the one that is given up.
    else if (copy === null || this.copy(key) !== null) this.#copies.put(key, null);
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
    const found = this.#durable.reader("SELECT operation, body FROM pending ORDER BY operation");
    for (const { operation, body } of found.all()) {
      const number = integer(operation);
      const isBody = typeof body === "string" || body instanceof Uint8Array;
      const opened = isBody ? this.#cover.open(body, `pending:${number}`) : null;
      if (opened === null) broken += 1;
      else bodies.set(number, opened);
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
    return this.#read([], (file) =>
      file.rowsAfter.all(key, before, limit).map((found) => {
        const name = text(found["k"]);
        return [name, this.#rows.get(name) ?? rowOf(found, this.#openRow(name, found["v"]))];
      }),
    );
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
    return this.#read([], (file) =>
      file.copiesAfter
        .all(key, before, limit)
        .map((found) => ({ key: text(found["k"]), ...copyTraits(text(found["meta"])) })),
    );
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

  /** Drops every copy and row: here at once, and in the file with the next commit. */
  dropAll(): void {
    this.#copies.clear();
    this.#rows.clear();
    this.#giveUp();
  }

  #write(): Promise<void> {
    this.#next = null;
    const unit: Command[] = this.#emptying ? [["dropAllCopies"], ["dropAllRows"]] : [];
    if (unit.length === 0 && this.#tables.every((table) => table.size === 0))
      return Promise.resolve();
    this.#beforeCommit();
    for (const table of this.#tables)
      table.take(unit, table === this.#copies ? copiesInUnit : Number.POSITIVE_INFINITY);
    const left = this.#copies.waiting > 0;
    const losses = this.#losses;
    const writing = this.#durable.write(unit).then(
      () => {
        this.#writing = null;
        if (losses !== this.#losses) {
          // What the file took before it was given up it is to be given again.
          this.#failed();
          throw new SqliteError("io", "Cannot write: what the file held has been given up");
        }
        this.#emptying = false;
        this.#lostBecause = null;
        for (const table of this.#tables) table.written();
        if (left) this.commit().catch(() => undefined);
      },
      (error: unknown) => {
        this.#writing = null;
        this.#failed();
        throw error;
      },
    );
    this.#writing = writing;
    return writing;
  }

  get #tables() {
    return [this.#rows, this.#barriers, this.#pending, this.#notes, this.#copies] as const;
  }

  #failed(): void {
    for (const table of this.#tables) table.failed();
  }

  #watch(durable: Durable): void {
    durable.onWriteState((state) => {
      if (state.t === "refusing" && state.error.code === "damaged") this.#lose(state.error);
    });
  }

  /** What the file says; what it cannot say counts as not there, with all else that it held. */
  #read<T>(nothing: T, work: (file: TableReaders) => T): T {
    try {
      return work(this.#readers);
    } catch (cause) {
      this.#lose(cause);
      return nothing;
    }
  }

  /** Nothing of the file is read any more until it was emptied and given what is known then. */
  #lose(cause: unknown): void {
    if (this.#lostBecause !== null) return;
    if (cause instanceof SqliteError && cause.code === "closed") return;
    this.#lostBecause = cause instanceof Error ? cause.message : String(cause);
    this.#giveUp();
    this.#tellLost(cause);
  }

  #giveUp(): void {
    this.#losses += 1;
    this.#emptying = true;
    this.#recentRows.clear();
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
    const isText = typeof value === "string";
    return putCopyCommand(key, copy, isText ? this.#cover.close(value, key) : value);
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
