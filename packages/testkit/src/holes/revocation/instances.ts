import { crashAt } from "../../child/kill-self-at.js";
import { answerOf, finalAnswer, nothing } from "../answer.js";
import { betweenTiers } from "../article-subject.js";
import type { Hole } from "../hole.js";
import { settled } from "../lab.js";

const user = "auth:alice";

/** What goes wrong between instances that share one Redis. */
export const instanceHoles: readonly Hole[] = [
  {
    id: "H05",
    title: "a removal made on another instance, without any fault",
    needs: ["redis"],
    async run(subject, lab) {
      const { url: redisUrl } = await lab.redis();
      const a = await lab.open(subject, { redisUrl });
      const b = await lab.open(subject, { redisUrl });
      await b.set(user, "ALLOW", 60);
      await settled(b);
      const before = await finalAnswer(a, user, "ALLOW");
      await a.delMatching("auth:*");
      return { before, after: await finalAnswer(b, user, nothing) };
    },
    bad: ({ before, after }) => before === "ALLOW" && after === "ALLOW",
    good: ({ before, after }) => before === "ALLOW" && after === nothing,
  },
  {
    id: "H06",
    title: "an emptied Redis after one instance overwrote what another wrote",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const a = await lab.open(subject, { redisUrl: redis.url });
      const b = await lab.open(subject, { redisUrl: redis.url });
      await b.set(user, "ALLOW", 60);
      await settled(b);
      await a.set(user, "DENY", 60);
      await settled(a);
      const before = await finalAnswer(b, user, "DENY");
      await redis.command("FLUSHALL");
      const saidByB = await finalAnswer(b, user, "DENY", 500);
      return { before, a: await answerOf(a.get(user)), b: saidByB };
    },
    bad: ({ before, a, b }) => before === "DENY" && a === "DENY" && b === "ALLOW",
    good: ({ before, a, b }) => before === "DENY" && a === "DENY" && b === "DENY",
  },
  {
    id: "H36",
    title: "a process killed once others can see its write, then an emptied Redis",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const place = { redisUrl: redis.url, directory: await lab.directory() };
      const dying = subject.name === "article" ? crashAt(betweenTiers, 2) : {};
      const doomed = await lab.subjectChild(subject, dying);
      const witness = await lab.open(subject, { redisUrl: redis.url });
      await doomed.ask("open", place);
      await doomed.ask("set", user, "ALLOW", 60);
      const write = doomed.ask("set", user, "DENY", 60).catch(() => undefined);
      const seen = await finalAnswer(witness, user, "DENY");
      await doomed.kill();
      await write;
      await witness.stop();
      await redis.restart();
      const heir = await lab.open(subject, place);
      return { seen, after: await answerOf(heir.get(user)) };
    },
    bad: ({ seen, after }) => seen === "DENY" && after === "ALLOW",
    good: ({ seen, after }) => seen === "DENY" && after === "DENY",
  },
];
