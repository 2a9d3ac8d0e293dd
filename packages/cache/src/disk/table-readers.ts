import type { ArrayReader, Durable, Reader } from "@holdfast/sqlite";

/** What is read of a file while the cache runs, prepared. */
export class TableReaders {
  readonly copy: ArrayReader;
  readonly row: Reader;
  /** Decoding what the log needs of a row costs a read more than finding it. */
  readonly set: ArrayReader;
  readonly rowsAfter: Reader;
  readonly copiesAfter: Reader;

  constructor(durable: Durable) {
    this.copy = durable.arrayReader("SELECT v, meta FROM copy WHERE k = ?");
    this.row = durable.reader("SELECT v, meta, body, generation, seq, keep FROM row WHERE k = ?");
    this.set = durable.arrayReader("SELECT v, meta FROM row WHERE k = ?");
    this.rowsAfter = durable.reader(
      "SELECT k, v, meta, body, generation, seq, keep FROM row WHERE k > ? AND k < ? ORDER BY k LIMIT ?",
    );
    this.copiesAfter = durable.reader(
      "SELECT k, meta FROM copy WHERE k > ? AND k < ? ORDER BY k LIMIT ?",
    );
  }
}
