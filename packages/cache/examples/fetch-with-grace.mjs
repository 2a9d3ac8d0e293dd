// A source goes away; its last answers stay, say how old they are, and outlive a restart.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as passed } from "node:timers/promises";
import { createCache } from "@holdfast/cache";

const directory = await mkdtemp(join(tmpdir(), "holdfast-example-"));
const policy = { ttlMs: 200, jitter: 0, graceMs: 24 * 3_600_000, softDeadlineMs: 50 };

let up = true;
let calls = 0;
/** Stands for an API: throws where it gives no answer, and answers null where it knows of none. */
async function askTheSource({ key }) {
  calls += 1;
  if (!up) throw new Error("connection refused");
  return key === "auth:alice" ? { allow: true } : null;
}

async function ask(cache, key, when) {
  const { value, source, age, ageMs, failure } = await cache.fetch(key, askTheSource, policy);
  const why = failure === undefined ? "" : `, because: ${failure.message}`;
  const told = `${JSON.stringify(value)} from ${source}, ${age}, ${Math.round(ageMs)} ms old${why}`;
  process.stdout.write(`${when}: ${told} (calls of the source: ${calls})\n`);
}

try {
  const cache = createCache({ directory });
  await cache.start();
  await ask(cache, "auth:alice", "first");
  await ask(cache, "auth:alice", "again");
  await ask(cache, "auth:nobody", "unknown to the source");
  up = false;
  await passed(250);
  await ask(cache, "auth:alice", "source down");
  await ask(cache, "auth:alice", "source left alone for a while");
  await cache.stop();

  const restarted = createCache({ directory });
  await restarted.start();
  await ask(restarted, "auth:alice", "restarted, source still down");
  await restarted.delete("auth:alice");
  await ask(restarted, "auth:alice", "removed").catch((error) => {
    process.stdout.write(`removed: ${error.code}: a removal beats every copy\n`);
  });
  await restarted.stop();
} finally {
  await rm(directory, { recursive: true });
}
