import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { smallDiskMissing } from "../files/small-disk.js";
import { redisMissing } from "../redis/redis-path.js";
import type { Hole, Outcome } from "./hole.js";
import { Lab } from "./lab.js";
import { type HoleGroup, recordHole } from "./record-hole.js";
import type { HoleSubject } from "./subject.js";

export interface HoleRun {
  /** The test file is named after it. */
  readonly group: HoleGroup;
  readonly holes: readonly Hole[];
  readonly subjects: readonly HoleSubject[];
  /** How many may run at a time: more than one only where no time is measured. @default 1 */
  readonly concurrency?: number;
  /** The module whose `subjects` a child process imports. */
  readonly subjectsUrl: URL;
}

/**
 * Declares a test per hole and subject: that the article's class shows the fault, and that ours
 * gives the right result. Each is told to the record from which the table is written.
 */
export function runHoles(run: HoleRun): void {
  void describe(run.group, { concurrency: run.concurrency ?? 1 }, () => {
    for (const hole of run.holes) {
      for (const subject of run.subjects) declare(run, hole, subject);
    }
  });
}

function declare(run: HoleRun, hole: Hole, subject: HoleSubject): void {
  const name = `${hole.id} ${hole.title}: ${verdicts[subject.name]}`;
  const options = { skip: missing(hole), timeout: 120_000 };
  void test(name, options, () => examine(run, hole, subject, name));
}

const verdicts = {
  article: "the article's class fails",
  holdfast: "the cache is right",
} as const;

async function examine(
  run: HoleRun,
  hole: Hole,
  subject: HoleSubject,
  test: string,
): Promise<void> {
  const outcome = await runOnce(run, hole, subject);
  const verdict = hole.bad(outcome) ? "bad" : hole.good(outcome) ? "good" : "neither";
  const { id, title } = hole;
  recordHole({ id, title, group: run.group, subject: subject.name, outcome, verdict, test });
  const wanted = subject.name === "article" ? "bad" : "good";
  assert.equal(verdict, wanted, JSON.stringify(outcome));
}

async function runOnce(run: HoleRun, hole: Hole, subject: HoleSubject): Promise<Outcome> {
  await using lab = new Lab(run.subjectsUrl);
  return await hole.run(subject, lab);
}

function missing(hole: Hole): string | false {
  for (const need of hole.needs ?? []) {
    const reason = need === "redis" ? redisMissing : smallDiskMissing();
    if (reason !== false) return reason;
  }
  return false;
}
