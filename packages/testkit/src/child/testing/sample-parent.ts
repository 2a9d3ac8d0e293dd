import { startChild } from "../child.js";

const child = await startChild({ entry: new URL("./sample-child.ts", import.meta.url) });
child.freeze();
process.stdout.write(`${child.pid}\n`);
