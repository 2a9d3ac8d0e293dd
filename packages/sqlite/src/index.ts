export type {
  Command,
  Durable,
  DurableRole,
  Migration,
  Opening,
  Reader,
  SqliteRow,
  SqliteValue,
  WriteState,
} from "./durable.js";
export type { DurableOptions } from "./durable-options.js";
export { openDurable } from "./open-durable.js";
export { SqliteError, type SqliteErrorCode } from "./sqlite-error.js";
