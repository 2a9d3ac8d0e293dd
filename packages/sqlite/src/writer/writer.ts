import type { Command } from "../durable.js";

/** The side of a durable file that changes it. There is one per file, wherever it runs. */
export interface Writer {
  /** Gets ready ahead of the first thing to do. */
  start(): void;
  /** Commits the commands as one unit, after all before them. */
  write(commands: readonly Command[]): Promise<void>;
  vacuum(maxPages: number): Promise<void>;
  /** Reads the whole file. @throws SqliteError `damaged` */
  check(): Promise<void>;
  /** Writes one page that changes nothing, to learn whether the file takes writes. */
  probe(): Promise<void>;
  /** Commits what is queued, empties the log into the file and lets go of it. */
  close(): Promise<void>;
}

/** What a writer needs to know of its file. */
export interface WriterSettings {
  readonly path: string;
  readonly statements: Readonly<Record<string, string>>;
  /** How long a commit waits for another process that holds the write lock. */
  readonly lockWaitMs: number;
  /** Size of the write-ahead log from which commits wait until its readers let it be emptied. */
  readonly maxWalBytes: number;
  /** Whether the whole file is read once, when there is nothing else to do. */
  readonly checkWhenIdle: boolean;
}
