import { nowhere } from "../disk/records.js";
import { decodeRow } from "../log/row-wire.js";
import type { Generation, LogEntry, SharedStore, TailReply } from "../log/shared-store.js";
import type { Knowledge } from "./knowledge.js";
import { placeIn } from "./publication.js";

/** Entries per read: bounds what one script holds the server up for. */
const batch = 256;

export interface LogReaderOptions {
  readonly store: SharedStore;
  readonly knowledge: Knowledge;
  readonly memberId: string;
  readonly leaseMs: number;
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

  /** Takes in entries. `present`: of the log that stands; else of one that is over. */
  apply(entries: readonly LogEntry[], generation: Generation, present: boolean): void {
    const { knowledge, undecodable } = this.#options;
    for (const { member, seq, row } of entries) {
      try {
        const decoded = decodeRow(row, placeIn(generation, seq));
        const place = present ? { generation: generation.id, seq } : nowhere;
        if (member.startsWith("k:")) knowledge.applyRow(member.slice(2), decoded, place);
        else knowledge.applyBarrier(member, decoded, place);
      } catch (cause) {
        undecodable(member, cause);
      }
    }
  }

  /** Whether there may be more to read after those. */
  isFull(entries: readonly LogEntry[]): boolean {
    return entries.length >= batch;
  }
}
