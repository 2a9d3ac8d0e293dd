import type { Theme } from "./profile.js";

/** A rule of the design, and how the lines that are marked with its name look without it. */
export interface RemovedRule {
  readonly name: string;
  /** Name in the marks. @default that of the rule */
  readonly mark?: string;
  /** What schedules are about in which the loss shows soonest. */
  readonly theme: Theme;
  /** Within how many of them it must show: three times as many as it took, and more. */
  readonly seeds: number;
  /** What a marked line becomes. @default nothing */
  readonly becomes?: (line: string) => string;
}

function replacing(from: RegExp, to: string): (line: string) => string {
  return (line) => line.replace(from, to);
}

/** A decision taken once for all. */
function always(value: string): (line: string) => string {
  return replacing(/= .*;/, `= ${value};`);
}

const own = 'JSON.stringify(record.row).includes(`"${this.#memberId}:`)';

/** Every rule whose loss the simulation must notice. */
export const removedRules: readonly RemovedRule[] = [
  // Publishing.
  { name: "catch-up-first", theme: "restarts", seeds: 300 },
  { name: "barrier-catch-up", theme: "tags", seeds: 300 },
  { name: "operation-dedupe", theme: "replies", seeds: 400 },
  { name: "identity-in-publish", theme: "masters", seeds: 2000 },
  { name: "barrier-before-set", theme: "links", seeds: 400 },
  { name: "ended-sets-are-published", theme: "narrow", seeds: 900, becomes: withoutEnded },
  { name: "cursor-once-durable", theme: "restarts", seeds: 400 },
  { name: "renewed-beyond-disk", theme: "restarts", seeds: 400 },
  { name: "replaced-in-order", theme: "restarts", seeds: 400 },
  { name: "unanswered-removals", theme: "replies", seeds: 400 },
  // Reading.
  {
    name: "from-the-start",
    theme: "anything",
    seeds: 300,
    becomes: replacing(/this/, "if (standing.cursor > 0) this"),
  },
  {
    name: "knew",
    theme: "anything",
    seeds: 300,
    becomes: replacing(/= .* \? (.*) : null;/, "= $1;"),
  },
  { name: "knew-over-barriers", theme: "tags", seeds: 300 },
  { name: "seq-per-generation", theme: "anything", seeds: 400, becomes: collapsed },
  { name: "operation-id", theme: "replies", seeds: 500 },
  { name: "drop-ignorant-sets", theme: "anything", seeds: 300 },
  { name: "own-removal-before-stamp", theme: "replies", seeds: 300 },
  {
    name: "stamp-before-place",
    theme: "restarts",
    seeds: 400,
    becomes: replacing(/return .*;/, "return compareAt(left.at, right.at);"),
  },
  {
    name: "emptied-by-tag",
    theme: "tags",
    seeds: 400,
    becomes: replacing(/return .*;/, "return null;"),
  },
  { name: "outdated-flights", theme: "anything", seeds: 300 },
  { name: "held-sets", theme: "anything", seeds: 300 },
  // Barriers in force at once.
  { name: "barrier-over-memory", theme: "anything", seeds: 300 },
  {
    name: "barrier-over-disk",
    theme: "anything",
    seeds: 300,
    becomes: replacing(/return .*;/, "return false;"),
  },
  // Copies.
  {
    name: "copies-by-generation",
    theme: "copies",
    seeds: 400,
    becomes: replacing(/\$\{generation\}/, "copy"),
  },
  { name: "as-of", theme: "anything", seeds: 300 },
  { name: "refuse-beside-pending", theme: "copies", seeds: 300 },
  { name: "refuse-beside-unplaced", theme: "copies", seeds: 400 },
  { name: "write-over-copy", theme: "anything", seeds: 600 },
  // Generations.
  { name: "found-on-identity", theme: "anything", seeds: 300, becomes: always("false") },
  { name: "forgotten-operations", theme: "restarts", seeds: 400, becomes: always("false") },
  { name: "rollback-by-log", theme: "restarts", seeds: 400, becomes: always("false") },
  { name: "read-before-founding", theme: "anything", seeds: 300 },
  {
    name: "republish-barriers",
    theme: "anything",
    seeds: 300,
    becomes: replacing(/\S.*;/, barrierPlaced()),
  },
  {
    name: "republish-own-rows",
    theme: "anything",
    seeds: 300,
    mark: "republish-rows",
    becomes: replacing(/else/, `else if (${own}) this.#knowledge.unplaced.delete(key);\nelse`),
  },
  {
    name: "republish-foreign-rows",
    theme: "anything",
    seeds: 300,
    mark: "republish-rows",
    becomes: replacing(/else/, `else if (!${own}) this.#knowledge.unplaced.delete(key);\nelse`),
  },
  // What is said.
  { name: "verified-while-read", theme: "anything", seeds: 300, becomes: always("false") },
  { name: "verified-once-said", theme: "narrow", seeds: 300 },
  { name: "verified-after-currency", theme: "members", seeds: 600, becomes: always("false") },
  {
    name: "verified-once-all-said",
    theme: "members",
    seeds: 300,
    becomes: replacing(/=> .*;/, "=> false && member);"),
  },
  {
    name: "members-after-place",
    theme: "members",
    seeds: 900,
    becomes: replacing(/return .*;/, "return true;"),
  },
  {
    name: "all-after-currency",
    theme: "members",
    seeds: 300,
    becomes: replacing(/return .*;/, "return true;"),
  },
  {
    name: "confirmed-by-cursor",
    theme: "anything",
    seeds: 300,
    becomes: replacing(/return .*;/, "return true;"),
  },
  {
    name: "deny-after",
    theme: "members",
    seeds: 600,
    becomes: replacing(/return .*;/, "return true;"),
  },
  {
    name: "expired-by-lease",
    theme: "anything",
    seeds: 400,
    becomes: replacing(/<= 0/, "<= Infinity"),
  },
];

/** A set that has ended is dropped as if it had never been. */
function withoutEnded(): string {
  const ended = "item.set !== null && item.set.goneAtMs + yard.offsetMs <= yard.sharedNowMs";
  return `const { removal } = item; const set = ${ended} ? null : item.set;`;
}

/** One number for all generations. */
function collapsed(line: string): string {
  return line
    .replace("(knew[generation] ?? 0)", "Math.max(0, ...Object.values(knew))")
    .replace(
      "seqIn(removed, generation)",
      "Math.max(0, ...Object.values(removed).map(([at]) => at))",
    );
}

function barrierPlaced(): string {
  return "this.#knowledge.barriers.put({ ...barrier, place: { generation: generation.id, seq: 0 } });";
}
