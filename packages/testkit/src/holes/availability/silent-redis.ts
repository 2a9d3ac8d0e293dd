import { eventually } from "../../wait/eventually.js";
import { answerOf, silence } from "../answer.js";
import type { Hole } from "../hole.js";
import { noticed, settled } from "../lab.js";

const user = "auth:alice";

/** What a Redis that is silent, slow to return or empty does to those who ask. */
export const silentRedisHoles: readonly Hole[] = [
  {
    id: "H09",
    title: "a Redis that is frozen",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const cache = await lab.open(subject, { redisUrl: redis.url });
      await cache.set(user, "ALLOW", 60);
      await settled(cache);
      redis.freeze();
      const [get, set, removal] = await Promise.all([
        answerOf(cache.get(user)),
        answerOf(cache.set("auth:bob", "DENY", 60).then(() => "taken")),
        answerOf(cache.delMatching("net:*")),
      ]);
      redis.thaw();
      return { get, set, removal };
    },
    bad: ({ get, set, removal }) => get === silence && set === silence && removal === silence,
    good: ({ get, set, removal }) => get === "ALLOW" && set === "taken" && removal === "0",
  },
  {
    id: "H10",
    title: "a start while Redis accepts connections and does not answer",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      redis.freeze();
      const place = { directory: await lab.directory(), redisUrl: redis.url };
      const { cache, started } = subject.begin(place);
      lab.closing(cache);
      const start = await answerOf(started.then(() => "started"));
      redis.thaw();
      return { start };
    },
    bad: ({ start }) => start === silence,
    good: ({ start }) => start === "started",
  },
  {
    id: "H32",
    title: "a Redis that is back after some seconds",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const cache = await lab.open(subject, { redisUrl: redis.url });
      const killedAt = performance.now();
      await redis.kill();
      // Past the second attempt to reconnect of a back-off that starts at 2 s and doubles.
      await eventually(() => performance.now() - killedAt > 2_500 && !cache.usesRedis());
      await redis.start();
      const backAt = performance.now();
      await eventually(() => cache.usesRedis(), { withinMs: 40_000 });
      return { unusedMs: Math.round(performance.now() - backAt) };
    },
    bad: ({ unusedMs }) => Number(unusedMs) > 2_000,
    good: ({ unusedMs }) => Number(unusedMs) <= 1_000,
  },
  {
    id: "H08",
    title: "a Redis that comes back empty while 150 keys are asked for",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const cache = await lab.open(subject, { redisUrl: redis.url });
      const keys = Array.from({ length: 150 }, (_, index) => `auth:user-${index}`);
      for (const key of keys) await cache.set(key, "ALLOW", 60);
      await settled(cache);
      await redis.restart();
      await noticed(cache);
      await settled(cache);
      const asked = await Promise.all(keys.map((key) => cache.get(key)));
      const other = await lab.open(subject, { redisUrl: redis.url });
      const shared = await Promise.all(keys.map((key) => other.get(key)));
      return { answered: count(asked), repopulated: count(shared) };
    },
    bad: ({ answered, repopulated }) => answered === 150 && repopulated === 0,
    good: ({ answered, repopulated }) => answered === 150 && repopulated === 150,
  },
  {
    id: "H07",
    title: "an answer known through Redis once Redis comes back empty",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const writer = await lab.open(subject, { redisUrl: redis.url });
      const reader = await lab.open(subject, { redisUrl: redis.url });
      await writer.set(user, "ALLOW", 60);
      await settled(writer);
      await eventually(async () => (await reader.get(user)) === "ALLOW");
      await writer.stop();
      await redis.restart();
      await noticed(reader);
      return { after: await answerOf(reader.get(user)) };
    },
    bad: ({ after }) => after === "nothing",
    good: ({ after }) => after === "ALLOW",
  },
  {
    id: "H31",
    title: "a removal of many keys in a Redis cluster",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis({ config: { "cluster-enabled": "yes" } });
      await redis.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
      await eventually(async () => /cluster_state:ok/.test(await redis.clusterInfo()));
      const cache = await lab.open(subject, { redisUrl: redis.url });
      const keys = ["auth:alice", "auth:bob", "auth:carol"];
      for (const key of keys) await cache.set(key, "ALLOW", 60);
      await settled(cache);
      await cache.delMatching("auth:*");
      return { left: count(await Promise.all(keys.map((key) => cache.get(key)))) };
    },
    bad: ({ left }) => left === 3,
    good: ({ left }) => left === 0,
  },
];

function count(answers: readonly unknown[]): number {
  return answers.filter((answer) => answer !== null).length;
}
