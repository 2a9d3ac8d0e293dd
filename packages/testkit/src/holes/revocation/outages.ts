import { eventually } from "../../wait/eventually.js";
import { answerOf, finalAnswer, nothing } from "../answer.js";
import type { Hole } from "../hole.js";
import { noticed, settled } from "../lab.js";

const user = "auth:alice";

/** What goes wrong while the link to Redis is away and when it comes back. */
export const outageHoles: readonly Hole[] = [
  {
    id: "H01",
    title: "a denial written while Redis is cut off",
    needs: ["redis"],
    async run(subject, lab) {
      const proxy = await lab.proxy(await lab.redis());
      const cache = await lab.open(subject, { redisUrl: proxy.url });
      await cache.set(user, "ALLOW", 60);
      await settled(cache);
      await proxy.cut();
      await noticed(cache);
      await cache.set(user, "DENY", 60);
      const during = await answerOf(cache.get(user));
      await proxy.heal();
      await settled(cache);
      return { during, after: await answerOf(cache.get(user)) };
    },
    bad: ({ during, after }) => during === "DENY" && after === "ALLOW",
    good: ({ during, after }) => during === "DENY" && after === "DENY",
  },
  {
    id: "H02",
    title: "a removal made while Redis is cut off",
    needs: ["redis"],
    async run(subject, lab) {
      const proxy = await lab.proxy(await lab.redis());
      const cache = await lab.open(subject, { redisUrl: proxy.url });
      await cache.set(user, "ALLOW", 60);
      await settled(cache);
      await proxy.cut();
      await noticed(cache);
      const removed = await cache.delMatching("auth:*");
      const during = await answerOf(cache.get(user));
      await proxy.heal();
      await settled(cache);
      return { removed, during, after: await answerOf(cache.get(user)) };
    },
    bad: ({ removed, during, after }) => removed === 1 && during === nothing && after === "ALLOW",
    good: ({ removed, during, after }) => removed === 1 && during === nothing && after === nothing,
  },
  {
    id: "H11",
    title: "a write overtaken by a later one while its reply is lost for good",
    needs: ["redis"],
    async run(subject, lab) {
      const proxy = await lab.proxy(await lab.redis());
      const cache = await lab.open(subject, { redisUrl: proxy.url });
      proxy.halfOpen();
      const { swallowedUp } = proxy.counters;
      const older = answerOf(cache.set(user, "ALLOW", 60), 10_000);
      await eventually(() => proxy.counters.swallowedUp > swallowedUp);
      await proxy.cut();
      await noticed(cache);
      await cache.set(user, "DENY", 60);
      const between = await answerOf(cache.get(user));
      await older;
      return { between, after: await answerOf(cache.get(user)) };
    },
    bad: ({ between, after }) => between === "DENY" && after === "ALLOW",
    good: ({ between, after }) => between === "DENY" && after === "DENY",
  },
  {
    id: "H11b",
    title: "a write overtaken by a later one while its connection is reset",
    needs: ["redis"],
    async run(subject, lab) {
      const proxy = await lab.proxy(await lab.redis());
      const cache = await lab.open(subject, { redisUrl: proxy.url });
      proxy.halfOpen();
      const { swallowedUp } = proxy.counters;
      const older = answerOf(cache.set(user, "ALLOW", 60), 10_000);
      await eventually(() => proxy.counters.swallowedUp > swallowedUp);
      await proxy.heal();
      await noticed(cache);
      await cache.set(user, "DENY", 60);
      await older;
      await settled(cache);
      return { after: await answerOf(cache.get(user)) };
    },
    bad: ({ after }) => after === "ALLOW",
    good: ({ after }) => after === "DENY",
  },
  {
    id: "H03",
    title: "a denial that Redis refuses to take while it still answers reads",
    needs: ["redis"],
    async run(subject, lab) {
      const seen: Record<string, string> = {};
      const reasons = { full: "maxmemory", "without replicas": "min-replicas-to-write" };
      for (const [reason, setting] of Object.entries(reasons)) {
        const redis = await lab.redis();
        const cache = await lab.open(subject, { redisUrl: redis.url });
        await cache.set(user, "ALLOW", 60);
        await settled(cache);
        await redis.command("CONFIG", "SET", setting, "1");
        await cache.set(user, "DENY", 60);
        seen[reason] = await answerOf(cache.get(user));
      }
      return seen;
    },
    bad: (seen) => Object.values(seen).every((said) => said === "ALLOW"),
    good: (seen) => Object.values(seen).every((said) => said === "DENY"),
  },
  {
    id: "H04",
    title: "a Redis that comes back with older data than it had",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const cache = await lab.open(subject, { redisUrl: redis.url });
      await cache.set(user, "ALLOW", 60);
      await settled(cache);
      const snapshot = await redis.saveRdb();
      await cache.set(user, "DENY", 60);
      await settled(cache);
      await redis.restoreRdb(snapshot);
      await noticed(cache);
      await settled(cache);
      return { after: await finalAnswer(cache, user, "DENY", 500) };
    },
    bad: ({ after }) => after === "ALLOW",
    good: ({ after }) => after === "DENY",
  },
];
