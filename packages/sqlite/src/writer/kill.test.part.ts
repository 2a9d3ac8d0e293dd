import { openDurable } from "../open-durable.js";
import { kv } from "../scratch.test.kit.js";

// 16 callers write for ever; each says what it wrote once that was acknowledged.
const [directory = ""] = process.argv.slice(2);
const durable = await openDurable({ ...kv, directory });
await Promise.all(Array.from({ length: 16 }, (_, caller) => call(caller)));

async function call(caller: number): Promise<never> {
  for (let n = 0; ; n += 1) {
    await durable.write([
      ["put", `a:${caller}:${n}`, "x".repeat(300)],
      ["put", `b:${caller}:${n}`, "x"],
    ]);
    process.stdout.write(`${caller}:${n}\n`);
  }
}
