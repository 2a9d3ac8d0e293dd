import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { eventually, type RedisServer, redisMissing, startRedis } from "@holdfast/testkit";
import { modelSubject } from "../testing/model-subject.js";
import { seededRandom } from "../testing/seeded-random.js";
import { runTrace, shrinkTrace, type TraceSubject } from "../testing/shared-store-traces.js";
import {
  randomTrace,
  type ServerAct,
  type TraceCommand,
  traceMembers,
} from "../testing/trace-command.js";
import { connectRedis } from "./redis-store.js";

type DataAct = "flush" | "restart-empty" | "promote" | "snapshot" | "restore";

const copyBack =
  "redis.call('SELECT', 1) for _, key in ipairs(redis.call('KEYS', '*')) do " +
  "redis.call('COPY', key, key, 'DB', 0, 'REPLACE') end redis.call('SELECT', 0)";

/** A real server, whose restarts are brought about by commands: they take a millisecond. */
class CommandedRedis implements TraceSubject {
  readonly stores;
  readonly server: RedisServer;
  #refuses = false;

  constructor(server: RedisServer) {
    this.server = server;
    this.stores = Array.from({ length: traceMembers }, () => connectRedis({ url: server.url }));
  }

  async ready(): Promise<void> {
    await eventually(() => this.stores.every((store) => store.usable));
    for (const store of this.stores) await eventually(() => store.readCopy("nowhere", "nothing"));
  }

  async reset(): Promise<void> {
    await this.act("take-writes");
    await this.act("evict-nothing");
    await this.server.command("FLUSHALL");
  }

  async act(act: ServerAct): Promise<void> {
    if (act === "refuse-writes" || act === "take-writes") {
      this.#refuses = act === "refuse-writes";
      await this.#setRefusal(this.#refuses);
    } else if (act === "evict-all-keys" || act === "evict-nothing") {
      const policy = act === "evict-all-keys" ? "allkeys-lru" : "noeviction";
      await this.#config("maxmemory-policy", policy);
    } else {
      await this.#setRefusal(false);
      await this.change(act);
      await this.#setRefusal(this.#refuses);
    }
  }

  async change(act: DataAct): Promise<void> {
    if (act === "snapshot") {
      await this.server.command("EVAL", "redis.call('SELECT', 1) redis.call('FLUSHDB')", "0");
      for (const key of await this.#keys()) {
        await this.server.command("COPY", key, key, "DB", "1");
      }
      return;
    }
    if (act !== "promote") await this.server.command("FLUSHDB");
    if (act === "restore") await this.server.command("EVAL", copyBack, "0");
    if (act === "flush") return;
    await this.server.command("REPLICAOF", "127.0.0.1", "1");
    await this.server.command("REPLICAOF", "NO", "ONE");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.stores.map((store) => store[Symbol.asyncDispose]()));
  }

  async #keys(): Promise<string[]> {
    const keys = await this.server.command("KEYS", "*");
    return Array.isArray(keys) ? keys.map(String) : [];
  }

  // With a replica demanded that is not there, every write fails and every read goes on.
  #setRefusal(refuses: boolean): Promise<void> {
    return this.#config("min-replicas-to-write", refuses ? "1" : "0");
  }

  async #config(name: string, value: string): Promise<void> {
    await this.server.command("CONFIG", "SET", name, value);
  }
}

/** A real server that is really killed and started again. */
class RestartedRedis extends CommandedRedis {
  #snapshot: string | undefined;

  override async reset(): Promise<void> {
    this.#snapshot = undefined;
    await super.reset();
  }

  override async change(act: DataAct): Promise<void> {
    if (act === "flush") return super.change(act);
    if (act === "snapshot") {
      this.#snapshot = await this.server.saveRdb();
      return;
    }
    if (act === "promote") await this.server.restart({ keepData: true });
    else if (act === "restore" && this.#snapshot !== undefined)
      await this.server.restoreRdb(this.#snapshot);
    else await this.server.restart();
    await this.ready();
  }
}

async function assertSameReplies(trace: readonly TraceCommand[], seed: number, real: TraceSubject) {
  const model = modelSubject();
  const differs = async (candidate: readonly TraceCommand[]) => {
    const [expected, actual] = [await runTrace(candidate, model), await runTrace(candidate, real)];
    return JSON.stringify(expected) !== JSON.stringify(actual);
  };
  if (!(await differs(trace))) return;
  const shortest = await shrinkTrace(trace, differs);
  assert.deepEqual(
    await runTrace(shortest, real),
    await runTrace(shortest, model),
    `seed ${seed}: Redis (actual) and the model (expected) differ`,
  );
}

void suite("Redis and its model", { skip: redisMissing }, () => {
  let server: RedisServer;
  before(async () => {
    server = await startRedis();
  });
  after(() => server[Symbol.asyncDispose]());

  void test("give the same replies to 400 random traces", async () => {
    await using real = new CommandedRedis(server);
    await real.ready();
    for (let seed = 1; seed <= 400; seed += 1) {
      await assertSameReplies(randomTrace(seededRandom(seed), 40), seed, real);
    }
  });

  void test("give the same replies to random traces in which Redis is killed and restarted", async () => {
    await using real = new RestartedRedis(server);
    await real.ready();
    for (let seed = 1_001; seed <= 1_006; seed += 1) {
      await assertSameReplies(randomTrace(seededRandom(seed), 60), seed, real);
    }
  });
});
