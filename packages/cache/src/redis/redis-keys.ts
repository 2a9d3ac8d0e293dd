/**
 * Names of everything in Redis. What belongs to the log shares one hash tag, so that a script may
 * touch all of it in a cluster; copies have none and spread over it.
 */
export interface RedisKeys {
  readonly generation: string;
  readonly seq: string;
  readonly log: string;
  readonly rows: string;
  readonly members: string;
  /** Channel of the wake-ups; a message is the member id of who wrote. */
  readonly wake: string;
  copy(generation: string, key: string): string;
}

export function redisKeys(prefix: string): RedisKeys {
  const tag = `{${prefix}}`;
  return {
    generation: `${tag}:gen`,
    seq: `${tag}:seq`,
    log: `${tag}:log`,
    rows: `${tag}:rows`,
    members: `${tag}:members`,
    wake: `${tag}:wake`,
    copy: (generation, key) => `${prefix}:${generation}:${key}`,
  };
}
