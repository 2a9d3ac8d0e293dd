import { openDurable } from "../open-durable.js";
import { kv } from "../scratch.test.kit.js";

// Writes a number of units without waiting, and lets its event loop run dry.
const [directory = "", units = ""] = process.argv.slice(2);
const durable = await openDurable({ ...kv, directory });
for (let n = 0; n < Number(units); n += 1) void durable.write([["put", String(n), "x"]]);
