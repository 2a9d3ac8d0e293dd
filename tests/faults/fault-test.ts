import { appendFileSync } from "node:fs";
import { test } from "node:test";
import { redisMissing } from "@holdfast/testkit";
import { Lab } from "./lab.js";

/** Names the file to which every test of a fault adds a line of JSON. */
export const faultRecordVariable = "HOLDFAST_FAULTS_RECORD";

export type Guarantee = "R1" | "R2" | "R3" | "R4" | "R5";

export interface Fault {
  readonly guarantees: readonly Guarantee[];
  /** What is done to the instances, in a few words for the table. */
  readonly fault: string;
  /** The sentence that must hold; the name of the test. */
  readonly holds: string;
  /** Why it cannot run on this machine; false where it can. @default false */
  readonly missing?: string | false;
  /** @default 60_000 */
  readonly withinMs?: number;
}

/** A row of the table: the fault, and what the test that examined it saw. */
export interface FaultRecord extends Pick<Fault, "guarantees" | "fault" | "holds"> {
  readonly file: string;
  readonly seen: string;
}

/** Declares the test of one fault. `examine` answers in plain words what was seen. */
export function faultTest(
  url: string,
  fault: Fault,
  examine: (lab: Lab) => Promise<string>,
): Promise<void> {
  const { guarantees, holds, missing = false, withinMs = 60_000 } = fault;
  const skip = redisMissing === false ? missing : redisMissing;
  return test(`${guarantees.join(", ")}: ${holds}`, { skip, timeout: withinMs }, async () => {
    await using lab = new Lab();
    record(url, fault, await examine(lab));
  });
}

function record(url: string, { guarantees, fault, holds }: Fault, seen: string): void {
  const path = process.env[faultRecordVariable];
  if (path === undefined || path === "") return;
  const row: FaultRecord = { guarantees, fault, holds, file: new URL(url).pathname, seen };
  appendFileSync(path, `${JSON.stringify(row)}\n`);
}
