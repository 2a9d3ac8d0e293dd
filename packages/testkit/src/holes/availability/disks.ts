import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { openRawDatabase } from "@holdfast/sqlite/testing";
import { eventually } from "../../wait/eventually.js";
import { answerOf, refused } from "../answer.js";
import type { Hole } from "../hole.js";
import { noticed, settled } from "../lab.js";
import { loopStallMs } from "../loop-stall.js";
import type { HoleSubject } from "../subject.js";

const user = "auth:alice";
const lockerEntry = new URL("../locker-child.ts", import.meta.url);

/** What a disk that is full, damaged or locked does. */
export const diskHoles: readonly Hole[] = [
  {
    id: "H15",
    title: "a file that becomes unusable under a running process",
    async run(subject, lab) {
      const directory = await lab.directory();
      const child = await lab.subjectChild(subject);
      await child.ask("open", { directory, sweepEveryMs: 50 });
      await child.ask("set", user, "ALLOW", 60);
      damage(subject, directory);
      let ended = "no";
      void child.exited.then(({ code }) => (ended = `code ${code}`));
      await eventually(() => ended !== "no", { withinMs: 2_000 }).catch(() => undefined);
      const write = ended === "no" ? child.ask("set", user, "DENY", 60) : Promise.resolve();
      const written = await answerOf(write.then(() => "taken"));
      const get = await answerOf(ended === "no" ? child.ask("get", user) : Promise.resolve("gone"));
      return { ended, written, get };
    },
    bad: ({ ended }) => ended === "code 1",
    good: ({ ended, get }) => ended === "no" && get === "DENY",
  },
  {
    id: "H14",
    title: "a damaged file at the start that is repaired later",
    async run(subject, lab) {
      const directory = await lab.directory();
      const first = await lab.open(subject, { directory });
      await first.set(user, "ALLOW", 60);
      await first.stop();
      damage(subject, directory);
      const cache = await lab.open(subject, { directory });
      const damaged = await answerOf(cache.set(user, "DENY", 60).then(() => "taken"));
      if (damaged.startsWith(refused)) removeData(subject, directory);
      const repaired = await answerOf(cache.set(user, "DENY", 60).then(() => "taken"));
      return { damaged, repaired };
    },
    bad: ({ damaged, repaired }) =>
      String(damaged).startsWith(refused) && String(repaired).startsWith(refused),
    good: ({ damaged, repaired }) => damaged === "taken" && repaired === "taken",
  },
  {
    id: "H13",
    title: "a full disk after Redis took the write, then a Redis that comes back empty",
    needs: ["redis", "small-disk"],
    async run(subject, lab) {
      const disk = await lab.disk(8_000_000);
      const redis = await lab.redis();
      const cache = await lab.open(subject, { directory: disk.path, redisUrl: redis.url });
      await cache.set(user, "OLD", 60);
      await settled(cache);
      await disk.fill();
      const set = await answerOf(cache.set(user, "NEW".padEnd(60_000), 60).then(() => "taken"));
      const before = (await answerOf(cache.get(user))).trimEnd();
      await redis.restart();
      await noticed(cache);
      const after = (await answerOf(cache.get(user))).trimEnd();
      await disk.free();
      return { set, before, after };
    },
    bad: ({ set, before, after }) =>
      String(set).startsWith(refused) && before === "NEW" && after === "OLD",
    good: ({ set, before, after }) => set === "taken" && before === "NEW" && after === "NEW",
  },
  {
    id: "H28",
    title: "another process that holds the write lock for 2 s",
    async run(subject, lab) {
      const directory = await lab.directory();
      const cache = await lab.open(subject, { directory });
      await cache.set(user, "ALLOW", 60);
      const locker = await lab.child({ entry: lockerEntry });
      await locker.ask("hold", subject.dataFiles(directory).filter(existsSync), 2_000);
      const start = performance.now();
      const stallMs = await loopStallMs(async () => {
        await answerOf(cache.set("auth:bob", "ALLOW", 60), 4_000);
        await answerOf(cache.get(user));
      });
      return { stallMs, tookMs: Math.round(performance.now() - start) };
    },
    bad: ({ stallMs }) => Number(stallMs) > 1_000,
    good: ({ stallMs }) => Number(stallMs) < 500,
  },
];

/** Overwrites what the files hold, where they lie, as a bad disk or a stray program does. */
function damage(subject: HoleSubject, directory: string): void {
  for (const path of subject.dataFiles(directory)) {
    for (const part of [path, `${path}-wal`, `${path}-shm`]) {
      if (existsSync(part)) writeFileSync(part, "damaged ".repeat(statSync(part).size / 8));
    }
  }
}

function removeData(subject: HoleSubject, directory: string): void {
  for (const path of subject.dataFiles(directory)) {
    for (const part of [path, `${path}-wal`, `${path}-shm`]) rmSync(part, { force: true });
    openRawDatabase(path).close();
  }
}
