import { programPath } from "../child/program-path.js";

/** The first `redis-server` or `valkey-server` on the PATH. */
export function redisServerPath(): string | undefined {
  return programPath("redis-server", "valkey-server");
}

/** Why tests with a real Redis cannot run here, as a reason to skip; false where they can. */
export const redisMissing: string | false =
  redisServerPath() === undefined
    ? "needs redis-server or valkey-server on the PATH (apt-get install redis-server)"
    : false;
