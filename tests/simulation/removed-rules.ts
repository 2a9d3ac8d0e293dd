import type { Theme } from "./profile.js";

/** A rule of the design, and how the lines that are marked with its name look without it. */
export interface RemovedRule {
  readonly name: string;
  /** Name in the marks. @default that of the rule */
  readonly mark?: string;
  /** What schedules are about in which the loss shows soonest. @default anything */
  readonly theme?: Theme;
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
  { name: "catch-up-first" },
  { name: "barrier-catch-up" },
  { name: "operation-dedupe" },
  { name: "identity-in-publish" },
  { name: "barrier-before-set" },
  { name: "ended-sets-are-published", becomes: withoutEnded },
  { name: "cursor-once-durable" },
  { name: "renewed-beyond-disk" },
  { name: "replaced-in-order" },
  { name: "publish-checks-log" },
  { name: "unanswered-removals" },
  // Reading.
  { name: "from-the-start", becomes: replacing(/this/, "if (standing.cursor > 0) this") },
  { name: "knew", becomes: replacing(/= .* \? (.*) : null;/, "= $1;") },
  { name: "knew-over-barriers" },
  { name: "seq-per-generation", becomes: collapsed },
  { name: "operation-id" },
  { name: "drop-ignorant-sets" },
  { name: "own-removal-before-stamp" },
  {
    name: "stamp-before-place",
    becomes: replacing(/return .*;/, "return compareAt(left.at, right.at);"),
  },
  { name: "emptied-by-tag", becomes: replacing(/return .*;/, "return null;") },
  { name: "outdated-flights" },
  { name: "held-sets" },
  // Barriers in force at once.
  { name: "barrier-over-memory" },
  { name: "barrier-over-disk", becomes: replacing(/return .*;/, "return false;") },
  // Copies.
  { name: "copies-by-generation", becomes: replacing(/\$\{generation\}/, "copy") },
  { name: "as-of" },
  { name: "refuse-beside-pending" },
  { name: "refuse-beside-unplaced" },
  { name: "write-over-copy" },
  // Generations.
  { name: "found-on-identity", becomes: always("false") },
  { name: "forgotten-operations", becomes: always("false") },
  { name: "ordinal", becomes: always("true") },
  { name: "rollback-by-log", becomes: always("false") },
  { name: "read-before-founding" },
  { name: "republish-barriers", becomes: replacing(/\S.*;/, barrierPlaced()) },
  {
    name: "republish-own-rows",
    mark: "republish-rows",
    becomes: replacing(/else/, `else if (${own}) this.#knowledge.unplaced.delete(key);\nelse`),
  },
  {
    name: "republish-foreign-rows",
    mark: "republish-rows",
    becomes: replacing(/else/, `else if (!${own}) this.#knowledge.unplaced.delete(key);\nelse`),
  },
  // What is said.
  { name: "verified-while-read", becomes: always("false") },
  { name: "verified-once-said" },
  { name: "verified-after-currency", becomes: always("false") },
  { name: "verified-once-all-said", becomes: replacing(/=> .*;/, "=> false && member);") },
  { name: "all-after-currency", becomes: replacing(/return .*;/, "return true;") },
  { name: "confirmed-by-cursor", becomes: replacing(/return .*;/, "return true;") },
  { name: "expired-by-lease", becomes: replacing(/<= 0/, "<= Infinity") },
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
