import { takeSlot } from "./take-slot.js";

// Another process for the tests: takes a slot, says which, and holds it until its input ends.
const slot = takeSlot(process.argv[2] ?? "");
process.stdout.write(`${slot.index}\n`);
process.stdin.resume();
