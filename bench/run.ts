import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Finding } from "./harness/finding.js";
import { passes } from "./harness/finding.js";
import { machineText } from "./harness/machine.js";
import { writeTable } from "./harness/readme.js";
import { tableHead, tableLine } from "./harness/table.js";
import { rows } from "./rows/all-rows.js";

// Runs the benches one after the other, each in a process of its own, and prints the table.
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const names = Object.keys(rows);
const wanted = values.only ?? names;
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined)
  throw new Error(`Cannot run "${unknown}": the benches are ${names.join(", ")}`);
const machine = machineText(Date.now());
print([`${machine}.`, "", ...tableHead]);
const measured = new Map<string, readonly string[]>();
let failed = 0;
for (const name of wanted) {
  const findings = await measure(name);
  const lines = findings.map((finding) => tableLine(name, finding));
  measured.set(name, lines);
  failed += findings.filter((finding) => passes(finding) === false).length;
  print(lines);
}
if (values.write)
  await writeTable(new URL("../README.md", import.meta.url), names, measured, machine);
process.exitCode = failed === 0 ? 0 : 1;

function measure(name: string): Promise<readonly Finding[]> {
  const path = fileURLToPath(new URL("./run-row.js", import.meta.url));
  const child = fork(path, [name, values.quick ? "quick" : "full"]);
  return new Promise((resolve, reject) => {
    child.once("message", (findings) => resolve(findings as readonly Finding[]));
    child.once("exit", (code) => reject(new Error(`Cannot run "${name}": it ended with ${code}`)));
  });
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
