import { answerOf, nothing, refused } from "../answer.js";
import type { Hole, Outcome } from "../hole.js";
import type { Lab } from "../lab.js";
import { settled } from "../lab.js";
import type { HolePlace, HoleSubject } from "../subject.js";

/** Removals by a pattern that the tiers read differently. */
export const globHoles: readonly Hole[] = [
  globHole("H16b", "auth:[ab]*", "auth:alice", "auth:carol"),
  globHole("H16c", "auth:\\*lit", "auth:*lit", "auth:xlit"),
  globHole("H16f", "auth:[^y]", "auth:x", "auth:y"),
  {
    id: "H17",
    title: "a removal under a prefix that is itself a pattern",
    needs: ["redis"],
    async run(subject, lab) {
      const keys = { glob: "auth:*", hit: "auth:alice", spared: "net:alice" };
      try {
        return await removal(subject, lab, keys, "vpn[prod]:");
      } catch (error) {
        return { opened: await answerOf(Promise.reject(error)) };
      }
    },
    bad: ({ hit }) => hit === "ALLOW",
    good: ({ opened }) => opened === `${refused}: invalid-option`,
  },
];

interface Removal {
  readonly glob: string;
  /** A key that the glob is to remove. */
  readonly hit: string;
  /** A key that it is to leave. */
  readonly spared: string;
}

function globHole(id: string, glob: string, hit: string, spared: string): Hole {
  return {
    id,
    title: `a removal by '${glob}'`,
    needs: ["redis"],
    run: (subject, lab) => removal(subject, lab, { glob, hit, spared }),
    bad: (seen) => seen["hit"] === "ALLOW",
    good: (seen) => seen["hit"] === nothing && seen["spared"] === "ALLOW",
  };
}

async function removal(
  subject: HoleSubject,
  lab: Lab,
  { glob, hit, spared }: Removal,
  prefix?: HolePlace["prefix"],
): Promise<Outcome> {
  const { url: redisUrl } = await lab.redis();
  const cache = await lab.open(subject, { redisUrl, ...(prefix === undefined ? {} : { prefix }) });
  await cache.set(hit, "ALLOW", 60);
  await cache.set(spared, "ALLOW", 60);
  await settled(cache);
  await cache.delMatching(glob);
  return { hit: await answerOf(cache.get(hit)), spared: await answerOf(cache.get(spared)) };
}
