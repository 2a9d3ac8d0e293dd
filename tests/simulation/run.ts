import { parseArgs } from "node:util";
import { type Theme, themes } from "./profile.js";
import { type SimulateOptions, simulate } from "./simulate.js";

/** Schedules between two lines about how far it is. */
const linesEvery = 1_000;

const { values } = parseArgs({
  options: {
    /** A range such as 1-5000. */
    seeds: { type: "string", default: "1-1000" },
    /** One schedule only. */
    seed: { type: "string" },
    /** Every step of it. */
    trace: { type: "boolean", default: false },
    theme: { type: "string" },
    joining: { type: "boolean", default: false },
    "until-first": { type: "boolean", default: false },
  },
});

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function themeNamed(name: string): Theme {
  const theme = themes.find((known) => known === name);
  if (theme === undefined)
    throw new RangeError(`Cannot find theme "${name}": ${themes.join(", ")}`);
  return theme;
}

const options: SimulateOptions = {
  joining: values.joining,
  ...(values.trace ? { trace: say } : {}),
  ...(values.theme === undefined ? {} : { theme: themeNamed(values.theme) }),
};
const [first = 1, last = first] = (values.seed ?? values.seeds).split("-").map(Number);
const lost = { anew: 0, rivals: 0 };
let failed = 0;
let run = 0;
const startedAtMs = performance.now();
for (let seed = first; seed <= last; seed += 1) {
  const { broken, tally } = await simulate(seed, options);
  run += 1;
  lost.anew += tally.anew;
  lost.rivals += tally.rivals;
  if (run % linesEvery === 0) say(`... ${run} schedules, ${failed} failed`);
  if (broken === null) continue;
  failed += 1;
  say(`seed ${seed}: ${broken.message}`);
  if (!values.trace) say(`  to see it, run the same with --seed ${seed} --trace`);
  if (values["until-first"]) break;
}
const eachMs = (performance.now() - startedAtMs) / run;
say(`${run} schedules, ${failed} failed, ${eachMs.toFixed(1)} ms each`);
say(`sets lost: ${lost.anew} to a removal made anew, ${lost.rivals} to a newer set that is over`);
process.exitCode = failed > 0 ? 1 : 0;
