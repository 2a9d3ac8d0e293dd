import { openDurable } from "../open-durable.js";
import { kv } from "../scratch.test.kit.js";

// Another process for the tests: writes without waiting and lets its event loop run dry.
const durable = await openDurable({ ...kv, directory: process.argv[2] ?? "" });
for (let n = 0; n < 100; n += 1) void durable.write([["put", String(n), "x"]]);
await durable.write([["put", "last", "x"]]);
process.stdout.write("written\n");
