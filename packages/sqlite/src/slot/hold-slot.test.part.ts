import { takeSlot } from "./take-slot.js";

// Takes a slot, says which, and holds it until it is killed.
const [directory = ""] = process.argv.slice(2);
const slot = takeSlot(directory);
process.stdout.write(`${slot.index}\n`);
process.stdin.resume();
