import { answerOf, nothing, refused } from "../answer.js";
import type { Hole } from "../hole.js";
import { settled } from "../lab.js";

const user = "auth:alice";

/** What goes wrong with calls that look harmless. */
export const callHoles: readonly Hole[] = [
  {
    id: "H22",
    title: "a removal while the old answer is still being loaded",
    needs: ["redis"],
    async run(subject, lab) {
      const { url: redisUrl } = await lab.redis();
      const cache = await lab.open(subject, { redisUrl });
      let upstream = "ALLOW";
      let finish = () => {};
      const reading = new Promise<void>((resolve) => (finish = resolve));
      let loads = 0;
      let begun = () => {};
      const firstLoad = new Promise<void>((resolve) => (begun = resolve));
      const loader = async () => {
        const read = upstream;
        loads += 1;
        begun();
        if (loads === 1) await reading;
        return read;
      };
      const answer = answerOf(cache.resolve(user, loader, 60));
      await firstLoad;
      upstream = "DENY";
      await cache.delMatching("auth:*");
      finish();
      return { answer: await answer, after: await answerOf(cache.get(user)) };
    },
    bad: ({ after }) => after === "ALLOW",
    good: ({ answer, after }) => answer === "DENY" && (after === "DENY" || after === nothing),
  },
  {
    id: "H24",
    title: "a denial with a TTL of 0 s or 1.5 s",
    needs: ["redis"],
    async run(subject, lab) {
      const { url: redisUrl } = await lab.redis();
      const cache = await lab.open(subject, { redisUrl });
      const attempt = async (key: string, ttlSeconds: number) => {
        await cache.set(key, "ALLOW", 60);
        await settled(cache);
        const told = await answerOf(cache.set(key, "DENY", ttlSeconds).then(() => "taken"));
        return `${told}, then ${await answerOf(cache.get(key))}`;
      };
      return { zero: await attempt("auth:zero", 0), fraction: await attempt("auth:part", 1.5) };
    },
    bad: ({ zero, fraction }) => zero === "taken, then ALLOW" && fraction === "taken, then ALLOW",
    good: ({ zero, fraction }) =>
      zero === `${refused}: invalid-ttl, then ALLOW` && fraction === "taken, then DENY",
  },
];
