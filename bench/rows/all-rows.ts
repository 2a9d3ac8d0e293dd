import type { Row } from "../harness/row.js";

/** The work of the table, by name and in its order, each loaded only where it runs. */
export const rows: Readonly<Record<string, () => Promise<Row>>> = {
  "memory-hit": async () => (await import("./memory-hit.js")).memoryHit,
  "durable-hit": async () => (await import("./durable-hit.js")).durableHit,
  "durable-set-many": async () => (await import("./durable-set-many.js")).durableSetMany,
  "durable-set-one": async () => (await import("./durable-set-one.js")).durableSetOne,
  "frozen-redis": async () => (await import("./frozen-redis.js")).frozenRedis,
  start: async () => (await import("./start.js")).start,
  removal: async () => (await import("./removal.js")).removal,
  "loop-stall": async () => (await import("./loop-stall.js")).loopStall,
  "event-loop": async () => (await import("./event-loop.js")).eventLoop,
  "redis-back": async () => (await import("./redis-back.js")).redisBack,
  memory: async () => (await import("./memory.js")).memory,
  "redis-bytes": async () => (await import("./redis-bytes.js")).redisBytes,
  "read-growth": async () => (await import("./read-growth.js")).readGrowth,
};
