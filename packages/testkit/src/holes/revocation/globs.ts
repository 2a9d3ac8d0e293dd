import type { Child } from "../../child/child.js";
import { answerOf, nothing, refused } from "../answer.js";
import type { Hole, Outcome } from "../hole.js";
import type { Lab } from "../lab.js";
import { settled } from "../lab.js";
import type { HoleSubject } from "../subject.js";

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
      const { url: redisUrl } = await lab.redis();
      const place = { redisUrl, directory: await lab.directory(), prefix: "vpn[prod]:" };
      const child = await lab.subjectChild(subject);
      const opened = await answerOf(child.ask("open", place).then(() => "opened"));
      if (opened !== "opened") return { opened, ended: await endOf(child) };
      await child.ask("set", "auth:alice", "ALLOW", 60);
      await child.ask("delMatching", "auth:*");
      return { opened, hit: await answerOf(child.ask("get", "auth:alice")) };
    },
    bad: ({ hit }) => hit === "ALLOW",
    good: ({ opened, ended }) => opened === `${refused}: invalid-option` && ended === "by itself",
  },
];

/** Whether a process that has nothing more to do ends, or something that was left open keeps it. */
async function endOf(child: Child): Promise<string> {
  await child.ask("leave").catch(() => undefined);
  const ended = await answerOf(child.exited.then(({ code }) => `code ${code}`));
  return ended === "code 0" ? "by itself" : ended;
}

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
): Promise<Outcome> {
  const { url: redisUrl } = await lab.redis();
  const cache = await lab.open(subject, { redisUrl });
  await cache.set(hit, "ALLOW", 60);
  await cache.set(spared, "ALLOW", 60);
  await settled(cache);
  await cache.delMatching(glob);
  return { hit: await answerOf(cache.get(hit)), spared: await answerOf(cache.get(spared)) };
}
