import { appendFileSync } from "node:fs";
import type { Outcome } from "./hole.js";

/** Names the file to which every examined hole adds a line of JSON. */
export const holeRecordVariable = "HOLDFAST_HOLES_RECORD";

/** By what a fault costs, gravest first. */
export const holeGroups = ["revocation", "availability", "detail"] as const;
export type HoleGroup = (typeof holeGroups)[number];

export interface HoleRecord {
  readonly id: string;
  readonly title: string;
  readonly group: HoleGroup;
  readonly subject: "article" | "holdfast";
  readonly outcome: Outcome;
  readonly verdict: "bad" | "good" | "neither";
  readonly test: string;
}

/** Adds the record to the file that the environment names, if it names one. */
export function recordHole(record: HoleRecord): void {
  const path = process.env[holeRecordVariable];
  if (path !== undefined && path !== "") appendFileSync(path, `${JSON.stringify(record)}\n`);
}
