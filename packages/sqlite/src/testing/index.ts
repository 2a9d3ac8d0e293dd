export {
  type MemoryDurable,
  type MemoryDurableOptions,
  openMemoryDurable,
} from "./memory-durable.js";
export { openRawDatabase, type RawDatabase, type RawStatement } from "./raw-database.js";
