import { parseArgs } from "node:util";
import { simulate } from "./simulate.js";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1-1000" },
    seed: { type: "string" },
    trace: { type: "boolean", default: false },
    "keep-going": { type: "boolean", default: false },
    "until-first": { type: "boolean", default: false },
    joining: { type: "boolean", default: false },
  },
});
const range = values.seed ?? values.seeds;
const [first = 1, last = first] = range.split("-").map(Number);
let failed = 0;
let anew = 0;
let rivals = 0;
const kinds = new Map<string, number>();
const startedAt = performance.now();
for (let seed = first; seed <= last; seed += 1) {
  const trace = values.trace ? (line: string) => process.stdout.write(`${line}\n`) : null;
  const { broken, tally } = await simulate(seed, trace, values.joining);
  anew += tally.anew;
  rivals += tally.rivals;
  if (broken === null) continue;
  failed += 1;
  kinds.set(broken.guarantee, (kinds.get(broken.guarantee) ?? 0) + 1);
  if (failed <= 12) process.stdout.write(`seed ${seed}: ${broken.message.slice(0, 700)}\n`);
  if (values["until-first"] || (!values["keep-going"] && failed > 200)) break;
}
const seconds = (performance.now() - startedAt) / 1_000;
const count = last - first + 1;
process.stdout.write(
  `${count} schedules, ${failed} failed ${JSON.stringify(Object.fromEntries(kinds))}, ${anew} sets lost to removals made anew, ${rivals} to sets that were newer, ${seconds.toFixed(1)} s, ${((seconds * 1000) / count).toFixed(1)} ms each\n`,
);
process.exitCode = failed > 0 ? 1 : 0;
