import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { answerOf, nothing } from "../answer.js";
import type { Hole } from "../hole.js";
import { settled } from "../lab.js";
import { loopStallMs } from "../loop-stall.js";
import type { HoleCache } from "../subject.js";

/** Values that do not come back as they went in, stay behind, or are too large. */
export const valueHoles: readonly Hole[] = [
  {
    id: "H19",
    title: "values that JSON does not carry",
    needs: ["redis"],
    async run(subject, lab) {
      const { url: redisUrl } = await lab.redis();
      const cache = await lab.open(subject, { redisUrl });
      const values = {
        undefined: undefined,
        bigint: 7n,
        nan: Number.NaN,
        map: new Map([["a", 1]]),
        date: new Date(0),
        null: null,
      };
      const seen: Record<string, string> = {};
      for (const [name, value] of Object.entries(values))
        seen[name] = await trip(cache, name, value);
      return seen;
    },
    bad: (seen) =>
      seen["nan"] === nothing &&
      seen["map"] === "{}" &&
      seen["date"] === "1970-01-01T00:00:00.000Z" &&
      seen["null"] === nothing,
    good: (seen) =>
      seen["undefined"] === "refused: invalid-value" &&
      seen["bigint"] === "7n" &&
      seen["nan"] === "refused: invalid-value" &&
      seen["map"] === 'Map [["a",1]]' &&
      seen["date"] === "Date 1970-01-01T00:00:00.000Z" &&
      seen["null"] === "refused: invalid-value",
  },
  {
    id: "H20",
    title: "a stored value that is damaged",
    async run(subject, lab) {
      const directory = await lab.directory();
      const first = await lab.open(subject, { directory });
      await first.set("auth:alice", "ALLOW", 60);
      await first.stop();
      subject.spoilRow(directory, "auth:alice");
      const cache = await lab.open(subject, { directory });
      const said = await answerOf(cache.get("auth:alice"));
      return { said, counted: cache.undecodable() };
    },
    bad: ({ said, counted }) => said === nothing && counted === 0,
    good: ({ said, counted }) => said === nothing && Number(counted) >= 1,
  },
  {
    id: "H30",
    title: "a secret that was removed",
    async run(subject, lab) {
      const directory = await lab.directory();
      const secret = "swordfish-0123456789";
      const cache = await lab.open(subject, { directory });
      await cache.set("auth:alice", { secret }, 60);
      await cache.set("auth:bob", "ALLOW", 60);
      await cache.delete("auth:alice");
      await cache.stop();
      return { onDisk: filesHolding(directory, secret) > 0 ? "still there" : "gone" };
    },
    bad: ({ onDisk }) => onDisk === "still there",
    good: ({ onDisk }) => onDisk === "gone",
  },
  {
    id: "H41",
    title: "a value of 12 MB",
    needs: ["redis"],
    async run(subject, lab) {
      const { url: redisUrl } = await lab.redis();
      const cache = await lab.open(subject, { redisUrl });
      await settled(cache);
      let set = "";
      const stallMs = await loopStallMs(async () => {
        const value = { text: "x".repeat(12_000_000) };
        set = await answerOf(cache.set("auth:alice", value, 60).then(() => "taken"));
      });
      return { set, stallMs };
    },
    bad: ({ set }) => set === "taken",
    good: ({ set }) => set === "refused: invalid-value",
  },
];

async function trip(cache: HoleCache, name: string, value: unknown): Promise<string> {
  const key = `value:${name}`;
  const set = await answerOf(cache.set(key, value, 60).then(() => "taken"));
  return set === "taken" ? answerOf(cache.get(key)) : set;
}

function filesHolding(directory: string, text: string): number {
  const names = readdirSync(directory, { recursive: true }).map(String);
  const files = names
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile());
  return files.filter((path) => readFileSync(path).includes(text)).length;
}
