import { openDurable } from "../open-durable.js";
import { kv } from "../scratch.test.kit.js";

// Writes without waiting, and lets its event loop run dry.
const [directory = ""] = process.argv.slice(2);
const durable = await openDurable({ ...kv, directory });
for (let n = 0; n < 100; n += 1) void durable.write([["put", String(n), "x"]]);
await durable.write([["put", "last", "x"]]);
process.stdout.write("written\n");
