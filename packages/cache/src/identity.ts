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
  /** Below every number that a log may hold and the disk knows nothing of. @default operationsTo */
  readonly knownTo?: number;
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
  /**
   * Below every operation of this run, and above every one that an earlier run made and the disk took,
   * as far as one has read the log since: until then, a run before it may have been without a disk.
   */
  readonly operationsFrom: number;
  readonly seenMs: number;
  readonly #disk: Disk;
  #note: Note;
  #operation: number;
  #reconciled = false;

  constructor(disk: Disk, home: string, random: Random) {
    this.#disk = disk;
    const body = disk.note(noteName);
    const before: Note | null = body === null ? null : JSON.parse(body);
    this.renamed = before !== null && before.home !== home;
    this.memberId = before === null || this.renamed ? newMemberId(random) : before.memberId;
    const operationsTo = before?.operationsTo ?? 0;
    this.operationsFrom = before?.knownTo ?? operationsTo;
    // A run whose disk takes nothing leaves no word of its numbers: the next one must not meet them.
    this.#operation = operationsTo + Math.floor((random() * operationBlock) / 2);
    this.firstVersion = before?.versionsTo ?? 0;
    this.seenMs = before?.seenMs ?? 0;
    this.#note = {
      memberId: this.memberId,
      home,
      operationsTo: this.#operation + operationBlock,
      knownTo: this.operationsFrom,
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
      const operationsTo = this.#operation + operationBlock;
      const knownTo = this.#reconciled ? operationsTo : this.operationsFrom;
      this.#note = { ...this.#note, operationsTo, knownTo };
      this.#save();
    }
    return this.#operation;
  }

  /** The log was read, and holds no number that the disk knows nothing of. */
  reconcile(): void {
    if (this.#reconciled) return;
    this.#reconciled = true;
    this.#note = { ...this.#note, knownTo: this.#note.operationsTo };
    this.#save();
  }

  /** From now on what the disk holds lies in another file. */
  moved(home: string): void {
    this.#note = { ...this.#note, home };
    this.#save();
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
