import assert from "node:assert/strict";
import { suite } from "node:test";
import { isExit } from "@holdfast/testkit";
import { type FaultFile, faultTest } from "./fault-test.js";
import type { Instance } from "./instance.js";
import { allAnswer, settled, whenStatus } from "./states.js";

const file: FaultFile = { title: "kill -9 at every step of a write", url: import.meta.url };

const all = { acknowledge: "all" } as const;
const hour = 3_600;

/** Steps of the one who writes. */
const writerSteps = ["write:put", "write:committed", "publish:ready", "publish:answered"];

type Fate = "acknowledged" | "unknown";

/** Whether the writer said that it was done before it died. */
async function fateOf(write: Promise<unknown>): Promise<Fate> {
  try {
    await write;
    return "acknowledged";
  } catch (error) {
    if (isExit(error)) return "unknown";
    throw error;
  }
}

function inWords(fate: Fate): string {
  return fate === "acknowledged" ? fate : "not yet acknowledged";
}

/** After a restart all say the same of the key; what was acknowledged is what they say. */
async function agreed(
  instances: readonly [Instance, ...Instance[]],
  key: string,
  fate: Fate,
  after: unknown,
  before: unknown,
): Promise<void> {
  const answer = await instances[0].get(key);
  assert.ok(
    fate === "acknowledged" ? answer === after : answer === after || answer === before,
    `${key}: ${String(answer)}, ${fate}`,
  );
  await allAnswer(instances, key, answer);
}

void suite(file.title, { concurrency: 2 }, () => {
  for (const step of writerSteps) {
    void faultTest(
      file,
      {
        guarantees: ["R1", "R5"],
        fault: `A kills itself at the step ${step} of a removal, then of a set`,
        holds: `a death at ${step} loses nothing acknowledged and leaves nothing unpublished`,
      },
      async (lab) => {
        const redis = await lab.redis();
        const [a, b] = await lab.fleet(redis, redis);
        await a.set("auth:alice", "ALLOW", hour, all);
        await a.crashAt(step);
        const removal = await fateOf(a.delete("auth:alice"));
        assert.equal(await a.ended(), "SIGKILL");
        await a.restart();
        await settled(a, b);
        await agreed([a, b], "auth:alice", removal, null, "ALLOW");
        await a.crashAt(step);
        const set = await fateOf(a.set("auth:bob", "ALLOW", hour));
        assert.equal(await a.ended(), "SIGKILL");
        await a.restart();
        const newcomer = await lab.instance(redis);
        await settled(a, b, newcomer);
        await agreed([a, b, newcomer], "auth:bob", set, "ALLOW", null);
        if (step !== "write:put") {
          await allAnswer([a, b, newcomer], "auth:alice", null);
          await allAnswer([a, b, newcomer], "auth:bob", "ALLOW");
        }
        return `removal and set were ${inWords(removal)} and ${inWords(set)} when it died; afterwards all instances agree and nothing waits`;
      },
    );
  }

  void faultTest(
    file,
    {
      guarantees: ["R1"],
      fault:
        "B kills itself at the step tail:applied, with a foreign removal applied and not yet on its disk",
      holds: "a death at tail:applied reads again what it had not kept",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a, b] = await lab.fleet(redis, redis);
      await a.set("auth:alice", "ALLOW", hour, all);
      await a.set("team:bob", "ALLOW", hour, all);
      await b.crashAt("tail:applied");
      await a.delete("auth:alice");
      await a.invalidate({ glob: "team:*" });
      await a.set("auth:carol", "ALLOW", hour);
      assert.equal(await b.ended(), "SIGKILL");
      await b.restart();
      await settled(a, b);
      await allAnswer([a, b], "auth:alice", null);
      await allAnswer([a, b], "team:bob", null);
      await allAnswer([a, b], "auth:carol", "ALLOW");
      return "the next run has all three writes of A";
    },
  );

  void faultTest(
    file,
    {
      guarantees: ["R1", "R5"],
      fault:
        "Redis comes back empty, and A kills itself at the step found:ready, about to start a generation",
      holds: "a death at found:ready leaves the new generation to others",
    },
    async (lab) => {
      const redis = await lab.redis();
      const [a] = await lab.fleet(redis);
      await a.set("auth:alice", "ALLOW", hour, all);
      await a.set("auth:bob", "ALLOW", hour, all);
      const before = (await a.status()).generation?.ordinal ?? 0;
      await a.delete("auth:bob", all);
      await a.crashAt("found:ready");
      await redis.restart();
      assert.equal(await a.ended(), "SIGKILL");
      const newcomer = await lab.instance(redis);
      await settled(newcomer);
      await a.restart();
      await whenStatus(a, ({ generation }) => (generation?.ordinal ?? 0) > before);
      await settled(a, newcomer);
      await allAnswer([a, newcomer], "auth:alice", "ALLOW");
      await allAnswer([a, newcomer], "auth:bob", null);
      return "a newcomer starts one; the next run of A finds it, starts a later one and says what it knows";
    },
  );
});
