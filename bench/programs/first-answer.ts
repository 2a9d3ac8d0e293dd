import { createCache } from "@holdfast/cache";

const [directory = "", key = ""] = process.argv.slice(2);
const cache = createCache({ directory });
await cache.start();
process.stdout.write((await cache.get(key)) === null ? "miss" : "hit");
process.exit();
