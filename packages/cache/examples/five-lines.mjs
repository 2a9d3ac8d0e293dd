// A cache that is still there after a restart. Run it twice: the second run finds what the first one set.
import { createCache } from "@holdfast/cache";

const cache = createCache({ directory: "./holdfast-cache" });
await cache.start();
process.stdout.write(`found: ${JSON.stringify(await cache.get("auth:alice"))}\n`);
await cache.set("auth:alice", { allow: true, plan: "gold" }, 3600);
await cache.stop();
