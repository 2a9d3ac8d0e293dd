import { readFileSync } from "node:fs";

/** The letter that Linux gives a process: R or S while it lives, T while it is stopped, Z or X once it is dead. */
export function processState(pid: number): string {
  const [, letter = ""] = /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return letter;
}
