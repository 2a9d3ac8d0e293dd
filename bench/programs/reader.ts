import { setTimeout as pause } from "node:timers/promises";
import { createCache } from "@holdfast/cache";
import { send, serve } from "../harness/serve.js";

// Looks after a key that it is told: says that it has a value, then when it is refused.
const [directory = "", redis = ""] = process.argv.slice(2);
const cache = createCache({ directory, redis });
await cache.start();

async function watch(key: string): Promise<void> {
  while ((await cache.get(key)) !== null) await pause(1);
  // The same clock in every process of the machine.
  send(String(process.hrtime.bigint()));
}

serve(async (key) => {
  while ((await cache.get(key)) === null) await pause(1);
  setImmediate(() => void watch(key));
  return "watching";
});
