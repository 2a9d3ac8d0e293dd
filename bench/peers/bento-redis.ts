import { BaseDriver } from "bentocache/drivers/base_driver";
import type { CreateDriverResult, L2CacheDriver } from "bentocache/types";
import { Redis } from "ioredis";

/**
 * BentoCache's second level over this bench's Redis client, with the commands of its own driver:
 * that one asks for another major version of the client.
 */
export function bentoRedis(url: string, prefix: string): CreateDriverResult<L2CacheDriver> {
  return { options: { prefix }, factory: () => new BentoRedis(new Redis(url), prefix) };
}

class BentoRedis extends BaseDriver implements L2CacheDriver {
  readonly type = "l2" as const;
  readonly #redis: Redis;

  constructor(redis: Redis, prefix: string) {
    super({ prefix });
    this.#redis = redis;
  }

  namespace(): this {
    return this;
  }

  async get(key: string): Promise<string | undefined> {
    return (await this.#redis.get(this.getItemKey(key))) ?? undefined;
  }

  async pull(key: string): Promise<string | undefined> {
    return (await this.#redis.getdel(this.getItemKey(key))) ?? undefined;
  }

  async set(key: string, value: string, ttl?: number): Promise<boolean> {
    const name = this.getItemKey(key);
    const reply = await (ttl === undefined
      ? this.#redis.set(name, value)
      : this.#redis.set(name, value, "PX", ttl));
    return reply === "OK";
  }

  async delete(key: string): Promise<boolean> {
    return (await this.#redis.del(this.getItemKey(key))) > 0;
  }

  async deleteMany(keys: string[]): Promise<boolean> {
    return (await this.#redis.del(...keys.map((key) => this.getItemKey(key)))) > 0;
  }

  async clear(): Promise<void> {
    await this.#redis.flushdb();
  }

  async disconnect(): Promise<void> {
    this.#redis.disconnect();
  }
}
