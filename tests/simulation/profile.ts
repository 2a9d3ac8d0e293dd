import type { Random } from "../../packages/cache/src/clock.js";
import { randomBelow, randomChoice } from "../../packages/cache/src/testing/seeded-random.js";
import { barriers } from "./vocabulary.js";

type Weighted<T> = readonly (readonly [number, T])[];

type StepKind =
  | "act"
  | "answer"
  | "call"
  | "flow"
  | "flow-all"
  | "lose"
  | "commit"
  | "time"
  | "process"
  | "link"
  | "disk"
  | "clock"
  | "redis"
  | "fail-over";

type ActKind = "set" | "copy" | "delete" | "barrier" | "fetch" | "get";

/** What a schedule may have much of. */
export const themes = [
  "anything",
  "disks",
  "links",
  "narrow",
  "servers",
  "masters",
  "newcomers",
  "barriers",
  "replies",
  "copies",
  "restarts",
  "tags",
  "members",
] as const;
export type Theme = (typeof themes)[number];

/** What a theme adds to the weights of steps and acts. */
const additions: Readonly<Record<Theme, Readonly<Partial<Record<StepKind | ActKind, number>>>>> = {
  anything: {},
  disks: { commit: 8, process: 4, disk: 14 },
  links: { lose: 5, link: 8 },
  narrow: { link: 5, redis: 5, fetch: 10 },
  servers: { redis: 12 },
  masters: { commit: 3, disk: 5, "fail-over": 14 },
  newcomers: { process: 10, redis: 4 },
  barriers: { process: 4, redis: 4, barrier: 10 },
  replies: { lose: 3, delete: 2 },
  copies: { fetch: 4 },
  restarts: { process: 1, disk: 1 },
  tags: { barrier: 1 },
  members: {},
};

/** Keys of a theme, where they are few. */
const fewKeys: Readonly<Partial<Record<Theme, number>>> = {
  links: 1,
  barriers: 1,
  replies: 1,
  copies: 1,
  restarts: 2,
  tags: 1,
  members: 1,
};
/** Themes that have a plot, which little else disturbs. */
const alone: readonly Theme[] = ["replies", "copies", "restarts", "tags", "members"];
const losing: readonly Theme[] = ["newcomers", "barriers"];
const tagBarriers = barriers.filter((member) => member.startsWith("t:"));

/** What one schedule is made of: each leaves things out, so that what it has comes often. */
export interface Profile {
  readonly theme: Theme;
  readonly steps: number;
  readonly keys: number;
  /** Part of the crashes that take the disk with them. */
  readonly lostDisks: number;
  /** Whether a full disk stays full over a restart. */
  readonly fullDisks: boolean;
  /** Whether most links that break lose what is large. */
  readonly narrowLinks: boolean;
  /** Whether most of what a caller gives up on arrives late. */
  readonly lateRequests: boolean;
  /** Part of what is written or loaded that has a tag. */
  readonly tagged: number;
  readonly barriers: readonly string[];
  /** Part of the values that end soon. */
  readonly shortLived: number;
  readonly weights: Weighted<StepKind>;
  readonly acts: Weighted<ActKind>;
  readonly durations: Weighted<number>;
}

/** `wanted`: the theme, where it is not to be drawn. */
export function drawProfile(random: Random, wanted: Theme | null): Profile {
  const fine = random() < 0.6;
  const drawn = randomChoice<Theme>(
    random,
    themes.map((theme) => [theme === "anything" ? 4 : 1, theme]),
  );
  const theme = wanted ?? drawn;
  const more = (kind: StepKind | ActKind): number => additions[theme][kind] ?? 0;
  const sometimes = (weight: number, part: number): number =>
    random() < (alone.includes(theme) ? part / 3 : part) ? weight : 0;
  const weighted = <K extends StepKind | ActKind>(kinds: Weighted<K>): Weighted<K> =>
    kinds.map(([weight, kind]) => [weight + more(kind), kind]);
  return {
    theme,
    steps: 100 + randomBelow(random, 30),
    keys: 1 + randomBelow(random, fewKeys[theme] ?? 4),
    tagged: theme === "tags" ? 0.6 : random() < 0.4 ? 0.4 : 0,
    barriers: theme === "tags" ? tagBarriers : barriers,
    lostDisks: losing.includes(theme) || random() < 0.4 ? 0.25 : 0,
    fullDisks: theme === "disks" || theme === "restarts",
    narrowLinks: theme === "narrow",
    lateRequests: theme === "replies",
    shortLived: random() < 0.4 ? 0.5 : 0,
    weights: weighted<StepKind>([
      [26, "act"],
      [6, "answer"],
      [fine ? 26 : 5, "call"],
      [fine ? 6 : 14, "flow"],
      [fine ? 2 : 8, "flow-all"],
      [sometimes(4, 0.6), "lose"],
      [5, "commit"],
      [9, "time"],
      [sometimes(7, 0.7), "process"],
      [sometimes(5, 0.6), "link"],
      [sometimes(4, 0.5), "disk"],
      [sometimes(1, 0.3), "clock"],
      [sometimes(5, 0.6), "redis"],
      [sometimes(4, 0.5), "fail-over"],
    ]),
    acts: weighted<ActKind>([
      [5, "set"],
      [sometimes(2, 0.5), "copy"],
      [3, "delete"],
      [sometimes(3, 0.7), "barrier"],
      [sometimes(6, 0.7), "fetch"],
      [6, "get"],
    ]),
    durations: [
      [4, 20],
      [6, 500],
      [2, 2_300],
      [sometimes(1, 0.5), 7_000],
    ],
  };
}
