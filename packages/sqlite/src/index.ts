export type {
  ArrayReader,
  Command,
  Durable,
  DurableRole,
  Migration,
  Opening,
  Reader,
  SqliteArray,
  SqliteRow,
  SqliteValue,
  WriteState,
} from "./durable.js";
export type { DurableOptions } from "./durable-options.js";
export { openDurable } from "./open-durable.js";
export { deriveKey, keyIdOf } from "./seal/derive-key.js";
export { createSealer, type Sealer, type SealerOptions, type SealingKey } from "./seal/sealer.js";
export type { Slot, SlotPlace } from "./slot/slot.js";
export { listSlots, type SlotOptions, takeSlot, trySlot } from "./slot/take-slot.js";
export { SqliteError, type SqliteErrorCode } from "./sqlite-error.js";
