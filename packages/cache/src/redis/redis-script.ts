import { createHash } from "node:crypto";
import type { Redis } from "./redis-client.js";
import { isUnknownScript } from "./redis-failure.js";

/** A script with the hash by which the server knows it. */
export interface RedisScript {
  readonly lua: string;
  readonly sha: string;
}

export function redisScript(lua: string): RedisScript {
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}

/** Runs a script by its hash; sends its text only to a server that does not know it. */
export async function runScript(
  client: Redis,
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const rest = [keys.length, ...keys, ...args];
  try {
    return await client.call("evalsha", [script.sha, ...rest]);
  } catch (error) {
    if (!isUnknownScript(error)) throw error;
    return await client.call("eval", [script.lua, ...rest]);
  }
}
