import { SqliteError, type SqliteErrorCode } from "./sqlite-error.js";

/** Primary result codes of SQLite that mean something to a caller. */
const byResultCode: Readonly<Record<number, SqliteErrorCode>> = {
  1: "invalid",
  3: "read-only",
  5: "busy",
  6: "busy",
  8: "read-only",
  10: "io",
  11: "damaged",
  13: "full",
  14: "io",
  18: "invalid",
  19: "constraint",
  20: "invalid",
  25: "invalid",
  26: "damaged",
};

/** Codes of the operating system and of the driver itself. */
const byName: Readonly<Record<string, SqliteErrorCode>> = {
  ENOSPC: "full",
  EDQUOT: "full",
  EROFS: "read-only",
  EACCES: "read-only",
  EPERM: "read-only",
  EIO: "io",
  EMFILE: "io",
  ENFILE: "io",
  ENOENT: "io",
  ENOTDIR: "io",
  EISDIR: "io",
  EEXIST: "io",
  ERR_INVALID_ARG_TYPE: "invalid",
  ERR_INVALID_ARG_VALUE: "invalid",
  ERR_OUT_OF_RANGE: "invalid",
};

/** What SQLite says; the driver for Node 20 passes on nothing else where a statement returns rows. */
const byText: Readonly<Record<string, SqliteErrorCode>> = {
  "attempt to write a readonly database": "read-only",
  "database disk image is malformed": "damaged",
  "database is locked": "busy",
  "database or disk is full": "full",
  "disk I/O error": "io",
  "file is not a database": "damaged",
  "unable to open database file": "io",
};

const states: Readonly<Record<SqliteErrorCode, string>> = {
  full: "no space is left",
  "read-only": "the file or its file system is read-only",
  io: "the disk failed",
  busy: "another process holds it",
  damaged: "the file is damaged",
  "newer-schema": "a newer release wrote it",
  constraint: "a constraint does not hold",
  unsealable: "no live key opens it",
  closed: "it is closed",
  invalid: "an argument is not acceptable",
  internal: "of an unexpected failure",
};

/**
 * Tells what `cause` means to the caller of `act`; total, and keeps the cause. `act` completes
 * "Cannot …", for example `write to "/var/lib/x.sqlite"`.
 */
export function translateError(act: string, cause: unknown): SqliteError {
  if (cause instanceof SqliteError) return cause;
  const code = codeOf(cause);
  const detail = cause instanceof Error ? ` (${cause.message})` : "";
  return new SqliteError(code, `Cannot ${act}: ${states[code]}${detail}`, { cause });
}

/** The error for a state that no driver reported. */
export function stateError(act: string, code: SqliteErrorCode): SqliteError {
  return new SqliteError(code, `Cannot ${act}: ${states[code]}`);
}

function codeOf(cause: unknown): SqliteErrorCode {
  if (!(cause instanceof Error)) return "internal";
  const resultCode = "errcode" in cause ? cause.errcode : undefined;
  // The low byte is the primary code; the others only refine it.
  if (typeof resultCode === "number") return byResultCode[resultCode & 0xff] ?? "internal";
  const name = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return byName[name] ?? byText[cause.message] ?? "internal";
}
