import { answerOf, nothing, refused } from "../answer.js";
import type { Hole } from "../hole.js";
import { settled } from "../lab.js";

/** Keys and patterns that the tiers do not read alike. */
export const patternHoles: readonly Hole[] = [
  {
    id: "H16a",
    title: "a removal beside a key that differs in case only",
    async run(subject, lab) {
      const cache = await lab.open(subject);
      await cache.set("auth:alice", "ALLOW", 60);
      await cache.set("AUTH:BOB", "ALLOW", 60);
      await cache.delMatching("auth:*");
      return {
        alice: await answerOf(cache.get("auth:alice")),
        bob: await answerOf(cache.get("AUTH:BOB")),
      };
    },
    bad: ({ alice, bob }) => alice === nothing && bob === nothing,
    good: ({ alice, bob }) => alice === nothing && bob === "ALLOW",
  },
  {
    id: "H16d",
    title: "a removal by '?' of a letter that takes two bytes",
    needs: ["redis"],
    async run(subject, lab) {
      const { url: redisUrl } = await lab.redis();
      const cache = await lab.open(subject, { redisUrl });
      await cache.set("auth:\u00e9", "ALLOW", 60);
      await settled(cache);
      const removed = await cache.delMatching("auth:?");
      return { removed, after: await answerOf(cache.get("auth:\u00e9")) };
    },
    bad: ({ removed, after }) => removed === 1 && after === "ALLOW",
    good: ({ removed, after }) => removed === 1 && after === nothing,
  },
  {
    id: "H16e",
    title: "a removal of a key that is the beginning of another up to a NUL",
    async run(subject, lab) {
      const cache = await lab.open(subject);
      const set = await answerOf(cache.set("auth:a\0b", "ALLOW", 60).then(() => "taken"));
      await cache.delMatching("auth:a");
      const after = set === "taken" ? await answerOf(cache.get("auth:a\0b")) : set;
      return { set, after };
    },
    bad: ({ set, after }) => set === "taken" && after === nothing,
    good: ({ set }) => set === `${refused}: invalid-key`,
  },
  {
    id: "H18",
    title: "two users whose names are different lone surrogates",
    needs: ["redis"],
    async run(subject, lab) {
      const { url: redisUrl } = await lab.redis();
      const cache = await lab.open(subject, { redisUrl });
      const set = await answerOf(cache.set("auth:\ud800", "ALLOW", 60).then(() => "taken"));
      return { set, other: await answerOf(cache.get("auth:\ud801")) };
    },
    bad: ({ set, other }) => set === "taken" && other === "ALLOW",
    good: ({ set, other }) =>
      set === `${refused}: invalid-key` && other === `${refused}: invalid-key`,
  },
  {
    id: "H34",
    title: "2,000 different kinds of key",
    async run(subject, lab) {
      const cache = await lab.open(subject);
      const ask = async (from: number, to: number) => {
        for (let kind = from; kind < to; kind += 1) await cache.get(`kind-${kind}:x`);
        return cache.series();
      };
      const first = await ask(0, 1_000);
      return { series: first, added: (await ask(1_000, 2_000)) - first };
    },
    bad: ({ added }) => added === 1_000,
    good: ({ added }) => added === 0,
  },
  {
    id: "H42",
    title: "two applications on one file with prefixes of their own",
    needs: ["redis"],
    async run(subject, lab) {
      const { url: redisUrl } = await lab.redis();
      const place = { directory: await lab.directory(), redisUrl };
      const first = await lab.open(subject, { ...place, prefix: "first:" });
      await first.set("auth:alice", "ALLOW", 60);
      const second = await lab.open(subject, { ...place, prefix: "second:" });
      const together = await answerOf(second.get("auth:alice"));
      await second.stop();
      await first.stop();
      const heir = await lab.open(subject, { ...place, prefix: "second:" });
      return { together, afterwards: await answerOf(heir.get("auth:alice")) };
    },
    bad: ({ together, afterwards }) => together === "ALLOW" && afterwards === "ALLOW",
    good: ({ together, afterwards }) => together === nothing && afterwards === nothing,
  },
];
