import { eventually } from "../../wait/eventually.js";
import { answerOf, nothing } from "../answer.js";
import type { Hole } from "../hole.js";
import { settled } from "../lab.js";
import { shiftedClock } from "../shifted-clock.js";

const user = "auth:alice";
const hourMs = 3_600_000;

/** Expiry, and clocks that are set. */
export const timeHoles: readonly Hole[] = [
  {
    id: "H23",
    title: "a value with a TTL of 1 s after 0.1 s",
    async run(subject, lab) {
      const clock = shiftedClock({ stands: true });
      const cache = await lab.open(subject, { clock });
      // Shortly before a full second, where counting in seconds takes most of the TTL away.
      clock.jumpWall(960 - (clock.wallMs() % 1_000));
      await cache.set(user, "ALLOW", 1);
      clock.advance(100);
      return { after: await answerOf(cache.get(user)) };
    },
    bad: ({ after }) => after === nothing,
    good: ({ after }) => after === "ALLOW",
  },
  {
    id: "H21",
    title: "a write while an expired row is being read",
    async run(subject, lab) {
      const clock = shiftedClock({ stands: true });
      const cache = await lab.open(subject, { clock });
      const keys = Array.from({ length: 40 }, (_, index) => `auth:user-${index}`);
      for (const key of keys) await cache.set(key, "old", 1);
      clock.advance(2_500);
      for (const key of keys) {
        const read = cache.get(key);
        await Promise.all([read, cache.set(key, "fresh", 60)]);
      }
      const answers = await Promise.all(keys.map((key) => cache.get(key)));
      return { lost: answers.filter((answer) => answer === null).length };
    },
    bad: ({ lost }) => lost === 40,
    good: ({ lost }) => lost === 0,
  },
  {
    id: "H38",
    title: "a wall clock that is two hours ahead during a sweep",
    async run(subject, lab) {
      const clock = shiftedClock({ stands: true });
      const cache = await lab.open(subject, { clock, sweepEveryMs: 50 });
      const keys = Array.from({ length: 100 }, (_, index) => `auth:user-${index}`);
      for (const key of keys) await cache.set(key, "ALLOW", 3_600);
      clock.jumpWall(2 * hourMs);
      await cache.sweep();
      clock.jumpWall(-2 * hourMs);
      const answers = await Promise.all(keys.map((key) => cache.get(key)));
      return { left: answers.filter((answer) => answer === "ALLOW").length };
    },
    bad: ({ left }) => left === 0,
    good: ({ left }) => left === 100,
  },
  {
    id: "H39",
    title: "a wall clock that is set back an hour after a write for 60 s",
    async run(subject, lab) {
      const clock = shiftedClock({ stands: true });
      const cache = await lab.open(subject, { clock });
      await cache.set(user, "ALLOW", 60);
      clock.jumpWall(-hourMs);
      clock.advance(61_000);
      return { after: await answerOf(cache.get(user)) };
    },
    bad: ({ after }) => after === "ALLOW",
    good: ({ after }) => after === nothing,
  },
  {
    id: "H40",
    title: "a writer whose clock is an hour ahead",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const directory = await lab.directory();
      const place = { redisUrl: redis.url, directory };
      const ahead = await lab.open(subject, {
        ...place,
        clock: shiftedClock({ wallAheadMs: hourMs }),
      });
      const reader = await lab.open(subject, { redisUrl: redis.url, clock: shiftedClock() });
      await ahead.set(user, "ALLOW", 2);
      const writtenAt = performance.now();
      await settled(ahead);
      await eventually(async () => (await reader.get(user)) === "ALLOW");
      await ahead.stop();
      await eventually(() => performance.now() - writtenAt > 2_600);
      const elsewhere = await answerOf(reader.get(user));
      const corrected = await lab.open(subject, { ...place, clock: shiftedClock() });
      return { elsewhere, corrected: await answerOf(corrected.get(user)) };
    },
    bad: ({ elsewhere, corrected }) => elsewhere === "ALLOW" || corrected === "ALLOW",
    good: ({ elsewhere, corrected }) => elsewhere === nothing && corrected === nothing,
  },
  {
    id: "H35",
    title: "writes at the moment of a removal",
    needs: ["redis"],
    async run(subject, lab) {
      const redis = await lab.redis();
      const directory = await lab.directory();
      const cache = await lab.open(subject, { redisUrl: redis.url, directory });
      for (let index = 0; index < 60; index += 1) await cache.set(`other:${index}`, "x", 600);
      const keys = Array.from({ length: 80 }, (_, index) => `auth:${index}:alice`);
      for (const [index, key] of keys.entries()) {
        const removal = cache.delMatching(`auth:${index}:*`);
        for (let turn = 0; turn < index % 8; turn += 1) await new Promise(setImmediate);
        await Promise.all([removal, cache.set(key, "NEW", 600)]);
      }
      await settled(cache);
      const before = await Promise.all(keys.map((key) => cache.get(key)));
      await cache.stop();
      await redis.restart();
      const heir = await lab.open(subject, { redisUrl: redis.url, directory });
      const after = await Promise.all(keys.map((key) => heir.get(key)));
      return { differ: keys.filter((_, index) => before[index] !== after[index]).length };
    },
    bad: ({ differ }) => Number(differ) > 0,
    good: ({ differ }) => differ === 0,
  },
];
