import type { Disk } from "../disk/disk.js";
import type { Standing } from "../log/generation.js";
import type { Positions } from "../log/positions.js";
import type { Generation } from "../log/shared-store.js";

/** What is kept of {@link Standing} over a restart, and what goes with it. */
export interface Memo extends Standing {
  /** The last place given while there was no shared store. */
  readonly aloneSeq: number;
  /** For each of the last generations, the seq up to which everything was read. */
  readonly reached: Positions;
  /** Whether everything known was published in the generation. */
  readonly said: boolean;
  /** Server time minus steady time, at the last contact. */
  readonly offsetMs: number;
  /** Steady time of the last read that reached the log's end; null: never. */
  readonly lastReadMs: number | null;
}

const firstMemo: Memo = {
  generation: null,
  cursor: 0,
  token: null,
  highestOrdinal: 0,
  ownOperation: 0,
  aloneSeq: 0,
  reached: {},
  said: true,
  offsetMs: 0,
  lastReadMs: null,
};

const noteName = "standing";
/** Generations that {@link Memo.reached} tells of. */
const maxReached = 32;

/** Reads what an earlier run left. */
export function loadMemo(disk: Disk): Memo {
  const body = disk.note(noteName);
  if (body === null) return firstMemo;
  const memo: Partial<Memo> = JSON.parse(body);
  return { ...firstMemo, ...memo };
}

/** Puts the memo; it is on the disk with the next commit. */
export function saveMemo(disk: Disk, memo: Memo): void {
  disk.putNote(noteName, JSON.stringify(memo));
}

/** At the start of a generation that is read from its beginning. */
export function enterGeneration(memo: Memo, generation: Generation): Memo {
  return {
    ...memo,
    generation,
    cursor: 0,
    token: null,
    ownOperation: 0,
    highestOrdinal: Math.max(memo.highestOrdinal, generation.ordinal),
    said: false,
    reached: Object.fromEntries(Object.entries(memo.reached).slice(-maxReached)),
  };
}

/** Where what was read is to be read again. */
export function rewound(memo: Memo): Memo {
  return { ...memo, cursor: 0, token: null };
}

/** After everything up to `cursor` was read. */
export function advance(memo: Memo, cursor: number, token: string | null): Memo {
  if (memo.generation === null || cursor <= memo.cursor) return memo;
  return { ...memo, cursor, token, reached: { ...memo.reached, [memo.generation.id]: cursor } };
}

/** Whether everything put is on the disk now. What is not stays put and goes with a later commit. */
export async function committed(disk: Disk): Promise<boolean> {
  try {
    await disk.commit();
    return true;
  } catch {
    return false;
  }
}
