import { openDurable } from "../open-durable.js";
import { kv } from "../scratch.test.kit.js";

// Makes a file with one row in each of the given directories, and leaves nothing open.
for (const directory of process.argv.slice(2)) {
  await using durable = await openDurable({ ...kv, directory });
  await durable.write([["put", "a", "1"]]);
}
