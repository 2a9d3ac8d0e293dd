import { nowhere } from "../disk/records.js";
import type { At, Row } from "../log/row.js";
import { decodeRow } from "../log/row-wire.js";
import type { Generation, LogEntry, SharedStore, TailReply } from "../log/shared-store.js";
import { isMember, unreadMember, unreadRow } from "../log/unread.js";
import type { Knowledge } from "./knowledge.js";
import { placeIn } from "./publication.js";

/** Entries per read: bounds what one script holds the server up for. */
const batch = 256;

export interface LogReaderOptions {
  readonly store: SharedStore;
  readonly knowledge: Knowledge;
  readonly memberId: string;
  readonly leaseMs: number;
  /** Until when, in server time, a removal made now is to be remembered. */
  readonly keepUntilMs: () => number;
  readonly undecodable: (member: string, cause: unknown) => void;
}

/** Reads the log and takes in what it holds. */
export class LogReader {
  readonly #options: LogReaderOptions;

  constructor(options: LogReaderOptions) {
    this.#options = options;
  }

  read(generation: string | null, cursor: number, said: boolean): Promise<TailReply> {
    const { store, memberId, leaseMs } = this.#options;
    return store.tail({ memberId, leaseMs, generation, cursor, said, limit: batch });
  }

  /**
   * Takes in entries. `present`: of the log that stands; else of one that is over. What fails here is
   * not the entry's fault: it is to be read again.
   */
  apply(entries: readonly LogEntry[], generation: Generation, present: boolean): void {
    const { knowledge } = this.#options;
    for (const entry of entries) {
      const { seq } = entry;
      const place = present ? { generation: generation.id, seq } : nowhere;
      const { member, row } = this.#decode(entry, placeIn(generation, seq));
      if (member.startsWith("k:")) knowledge.applyRow(member.slice(2), row, place);
      else knowledge.applyBarrier(member, row, place);
    }
  }

  /** Whether there may be more to read after those. */
  isFull(entries: readonly LogEntry[]): boolean {
    return entries.length >= batch;
  }

  #decode({ member, row }: LogEntry, at: At): { readonly member: string; readonly row: Row } {
    const { undecodable, keepUntilMs } = this.#options;
    try {
      if (isMember(member)) return { member, row: decodeRow(row, at) };
      undecodable(member, new TypeError("Cannot read a log entry: what it is about is not known"));
    } catch (cause) {
      undecodable(member, cause);
    }
    return { member: unreadMember(member), row: unreadRow(at, keepUntilMs()) };
  }
}
