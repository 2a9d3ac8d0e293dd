import { full, quick } from "./harness/effort.js";
import { rows } from "./rows/all-rows.js";

// Runs one row and sends what it found to the process that started it.
const [name = "", effort = "full"] = process.argv.slice(2);
const row = await rows[name]?.();
if (row === undefined) throw new Error(`Cannot run "${name}": there is no such row`);
const findings = await row(effort === "quick" ? quick : full);
await new Promise<void>((resolve) => {
  if (process.send === undefined) {
    process.stdout.write(`${JSON.stringify(findings, null, 1)}\n`);
    resolve();
  } else process.send(findings, () => resolve());
});
process.exit();
