import type { Random } from "./clock.js";
import type { Disk } from "./disk/disk.js";

const noteName = "identity";
/** Numbers are taken from the disk in blocks, so that a crash never makes one twice. */
const operationBlock = 1_000_000;
const versionBlock = 1_000_000_000;
/** How much later than the last remembered time a commit may be without telling the time. */
const seenEveryMs = 1_000;

interface Note {
  readonly memberId: string;
  /** What the file was when the id was given; a copied file is another. */
  readonly home: string;
  readonly operationsTo: number;
  readonly versionsTo: number;
  /** The latest steady time that any run had seen. */
  readonly seenMs: number;
}

/** Who the instance is, and the numbers that only go up over all its runs. */
export class Identity {
  readonly memberId: string;
  /** True: the file was copied from another's; its operations go on under a new id. */
  readonly renamed: boolean;
  readonly firstVersion: number;
  /** Below every operation of this run, and above every one of an earlier run that the disk took. */
  readonly operationsFrom: number;
  readonly seenMs: number;
  readonly #disk: Disk;
  #note: Note;
  #operation: number;

  constructor(disk: Disk, home: string, random: Random) {
    this.#disk = disk;
    const body = disk.note(noteName);
    const before: Note | null = body === null ? null : JSON.parse(body);
    this.renamed = before !== null && before.home !== home;
    this.memberId = before === null || this.renamed ? newMemberId(random) : before.memberId;
    this.operationsFrom = before?.operationsTo ?? 0;
    // A run whose disk takes nothing leaves no word of its numbers: the next one must not meet them.
    this.#operation = this.operationsFrom + Math.floor((random() * operationBlock) / 2);
    this.firstVersion = before?.versionsTo ?? 0;
    this.seenMs = before?.seenMs ?? 0;
    this.#note = {
      memberId: this.memberId,
      home,
      operationsTo: this.#operation + operationBlock,
      versionsTo: this.firstVersion + versionBlock,
      seenMs: this.seenMs,
    };
    this.#save();
  }

  /** From now on what is committed says when, so that no later run begins before it. */
  begin(nowMs: () => number): void {
    this.#disk.beforeCommit(() => {
      if (nowMs() - this.#note.seenMs >= seenEveryMs) this.seen(nowMs());
    });
  }

  nextOperation(): number {
    this.#operation += 1;
    if (this.#operation >= this.#note.operationsTo) {
      this.#note = { ...this.#note, operationsTo: this.#operation + operationBlock };
      this.#save();
    }
    return this.#operation;
  }

  /** Remembers the time, so that the next run does not begin before it. */
  seen(nowMs: number): void {
    this.#note = { ...this.#note, seenMs: Math.max(this.#note.seenMs, Math.round(nowMs)) };
    this.#save();
  }

  #save(): void {
    this.#disk.putNote(noteName, JSON.stringify(this.#note));
  }
}

function newMemberId(random: Random): string {
  return Math.floor(random() * 36 ** 8)
    .toString(36)
    .padStart(8, "0");
}
