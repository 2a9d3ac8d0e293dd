import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inPairs, runBundle, simulationPlace } from "../simulation/bundle.js";
import { removedRules } from "../simulation/removed-rules.js";
import { buildSimulation } from "../simulation/rule-free-build.js";

const place = simulationPlace();
after(() => place[Symbol.dispose]());

/** Schedules within which the loss of a rule must show. */
const seeds = 6_000;

void test("the simulation notices the loss of every rule", async (t) => {
  const unnoticed: string[] = [];
  await inPairs(removedRules, async (rule) => {
    const bundle = place.file(rule.name);
    await buildSimulation({ without: rule, small: false }, bundle);
    const { exit, output } = await runBundle(bundle, ["--seeds", `1-${seeds}`, "--until-first"]);
    t.diagnostic(`${rule.name}: ${output.split("\n")[0]?.slice(0, 140) ?? ""}`);
    if (exit !== 1) unnoticed.push(rule.name);
  });
  assert.deepEqual(unnoticed, []);
});
