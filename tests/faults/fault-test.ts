import { test } from "node:test";
import { redisMissing } from "@holdfast/testkit";
import { Lab } from "./lab.js";
import { type FaultRow, writeSection } from "./page.js";

/** Names the page whose section the run of a file of faults writes anew. */
const pageVariable = "HOLDFAST_FAULTS_PAGE";

/** A file of tests, and the section of the page that it writes. */
export interface FaultFile {
  readonly title: string;
  readonly url: string;
}

export interface Fault {
  readonly guarantees: readonly ("R1" | "R2" | "R3" | "R4" | "R5")[];
  /** What is done to the instances, in a few words for the page. */
  readonly fault: string;
  /** The sentence that must hold; the name of the test. */
  readonly holds: string;
  /** Why it cannot run on this machine; false where it can. @default false */
  readonly missing?: string | false;
  /** @default 60_000 */
  readonly withinMs?: number;
}

const rows: FaultRow[] = [];

/** Declares the test of one fault. `examine` answers in plain words what was seen. */
export function faultTest(
  file: FaultFile,
  fault: Fault,
  examine: (lab: Lab) => Promise<string>,
): Promise<void> {
  const { guarantees, holds, missing = false, withinMs = 60_000 } = fault;
  const row: FaultRow = { guarantees, fault: fault.fault, seen: null };
  if (rows.push(row) === 1) writeAtExit(file);
  const skip = redisMissing === false ? missing : redisMissing;
  return test(`${guarantees.join(", ")}: ${holds}`, { skip, timeout: withinMs }, async () => {
    await using lab = new Lab();
    row.seen = await examine(lab);
  });
}

function writeAtExit({ title, url }: FaultFile): void {
  const page = process.env[pageVariable];
  if (page === undefined || page === "") return;
  process.once("exit", () => writeSection(page, title, url, rows));
}
