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
] as const;
export type Theme = (typeof themes)[number];

/** Those that are about one key and little else. */
const singleKeyed: readonly Theme[] = ["replies", "copies", "restarts", "tags"];
const tagBarriers = barriers.filter((member) => member.startsWith("t:"));

/** What one schedule is made of: each leaves things out, so that what it has comes often. */
export interface Profile {
  readonly steps: number;
  readonly keys: number;
  readonly losesDisks: boolean;
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
  const much = (of: Theme, weight: number): number => (theme === of ? weight : 0);
  // A theme that needs many things to come together is left alone with them.
  const alone = singleKeyed.includes(theme);
  const sometimes = (weight: number, part: number): number =>
    random() < (alone ? part / 3 : part) ? weight : 0;
  return {
    steps: 100 + randomBelow(random, 30),
    keys: alone || theme === "barriers" || theme === "links" ? 1 : 1 + randomBelow(random, 4),
    tagged: theme === "tags" ? 0.6 : random() < 0.4 ? 0.4 : 0,
    barriers: theme === "tags" ? tagBarriers : barriers,
    losesDisks: theme === "newcomers" || theme === "barriers" || random() < 0.4,
    fullDisks: theme === "disks" || theme === "restarts",
    narrowLinks: theme === "narrow" || theme === "copies",
    lateRequests: theme === "replies",
    shortLived: random() < 0.4 ? 0.5 : 0,
    weights: [
      [26, "act"],
      [6, "answer"],
      [fine ? 26 : 5, "call"],
      [fine ? 6 : 14, "flow"],
      [fine ? 2 : 8, "flow-all"],
      [sometimes(4, 0.6) + much("links", 5) + much("replies", 16), "lose"],
      [5 + much("disks", 8) + much("masters", 3) + much("restarts", 4), "commit"],
      [9, "time"],
      [
        sometimes(7, 0.7) +
          much("newcomers", 10) +
          much("barriers", 4) +
          much("disks", 4) +
          much("copies", 4) +
          much("restarts", 14),
        "process",
      ],
      [sometimes(5, 0.6) + much("links", 8) + much("narrow", 5) + much("copies", 10), "link"],
      [sometimes(4, 0.5) + much("disks", 14) + much("masters", 5) + much("restarts", 12), "disk"],
      [sometimes(1, 0.3), "clock"],
      [
        sometimes(5, 0.6) +
          much("servers", 12) +
          much("narrow", 5) +
          much("barriers", 4) +
          much("newcomers", 4) +
          much("copies", 6),
        "redis",
      ],
      [sometimes(4, 0.5) + much("masters", 14), "fail-over"],
    ],
    acts: [
      [5, "set"],
      [sometimes(2, 0.5), "copy"],
      [3 + much("replies", 3) + much("copies", 2), "delete"],
      [sometimes(3, 0.7) + much("barriers", 10) + much("tags", 5), "barrier"],
      [sometimes(6, 0.7) + much("narrow", 10) + much("copies", 16), "fetch"],
      [6, "get"],
    ],
    durations: [
      [4, 20],
      [6, 500],
      [2, 2_300],
      [sometimes(1, 0.5), 7_000],
    ],
  };
}
