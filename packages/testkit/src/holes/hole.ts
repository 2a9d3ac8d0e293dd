import type { Lab } from "./lab.js";
import type { HoleSubject } from "./subject.js";

/** What was seen, by name: answers as text, counts and times as numbers. */
export type Outcome = Readonly<Record<string, string | number>>;

/** One way in which a two-tier cache goes wrong, run alike against the article's class and ours. */
export interface Hole {
  /** As in the survey of holes, such as `H05`. */
  readonly id: string;
  /** The situation, so that "<title>: the article's class …" reads as a sentence. */
  readonly title: string;
  /** What a machine must have for it. @default nothing */
  readonly needs?: readonly ("redis" | "small-disk")[];
  run(subject: HoleSubject, lab: Lab): Promise<Outcome>;
  /** Whether the outcome shows the fault. */
  bad(outcome: Outcome): boolean;
  /** Whether the outcome is the right one. Not the opposite of `bad`: both may be false. */
  good(outcome: Outcome): boolean;
}
