import type { DurableRole, Migration } from "./durable.js";
import { SqliteError } from "./sqlite-error.js";

/** What a durable file is opened with. */
export interface DurableOptions {
  /** Where the file lives; made with mode 0700 when missing. */
  readonly directory: string;
  /**
   * Name of the file without its ending `.sqlite`: letters, digits, `.`, `_`, `-`.
   * @default "store"
   */
  readonly name?: string;
  readonly role: DurableRole;
  /** All steps from an empty file to this release; their number is the schema version. Only ever appended to. */
  readonly migrations: readonly Migration[];
  /** The statements that `write` can name, prepared once by the writer. */
  readonly statements: Readonly<Record<string, string>>;
  /**
   * Release of the program, noted in the file for the message that an older one gives.
   * @default "unknown"
   */
  readonly writtenBy?: string;
  /**
   * Where commits run: on a thread of the writer's own, or on the calling one, which then stands
   * still for every sync of the disk.
   * @default "worker"
   */
  readonly thread?: "worker" | "calling";
  /**
   * How long a commit on the writer's own thread waits for another process that holds the file; on
   * the calling thread it is 50 at most.
   * @default 5_000
   * Bounds: 0 to 60,000.
   */
  readonly lockWaitMs?: number;
  /**
   * Size of the write-ahead log from which writes fail with `busy` until whoever reads in it ends.
   * @default 268_435_456
   * Bounds: 1 MiB to 64 GiB.
   */
  readonly maxWalBytes?: number;
  /**
   * Current time, for names of files and for `sinceMs`.
   * @default Date.now
   */
  readonly now?: () => number;
}

/** Options with everything said. */
export type CheckedOptions = Required<DurableOptions>;

const nameRule = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;

/** @throws SqliteError `invalid` */
export function checkOptions(options: DurableOptions): CheckedOptions {
  const checked: CheckedOptions = {
    name: "store",
    writtenBy: "unknown",
    thread: "worker",
    lockWaitMs: 5_000,
    maxWalBytes: 256 * 1024 * 1024,
    now: Date.now,
    ...options,
  };
  if (checked.directory === "") throw invalid("directory", checked.directory, "a path");
  if (!nameRule.test(checked.name)) throw invalid("name", checked.name, `of the form ${nameRule}`);
  checkNumber("lockWaitMs", checked.lockWaitMs, 0, 60_000);
  checkNumber("maxWalBytes", checked.maxWalBytes, 1024 ** 2, 64 * 1024 ** 3);
  return checked;
}

function checkNumber(option: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw invalid(option, value, `an integer from ${least} to ${most}`);
}

function invalid(option: string, value: string | number, wanted: string): SqliteError {
  return new SqliteError(
    "invalid",
    `Cannot open a durable file: ${option} is "${value}", it must be ${wanted}`,
  );
}
