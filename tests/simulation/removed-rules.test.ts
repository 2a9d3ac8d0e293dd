import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inPairs, runBundle, simulationPlace } from "./bundle.js";
import { removedRules } from "./removed-rules.js";
import { buildSimulation } from "./rule-free-build.js";

const place = simulationPlace();
after(() => place[Symbol.dispose]());

/** How a schedule is told of in which a guarantee was broken; a fault of the simulation's own reads otherwise. */
const brokenGuarantee = /^seed \d+: (?:R[1-5]|convergence): .*$/m;

void test("without any one of the rules the simulation fails", async (t) => {
  const unnoticed: string[] = [];
  await inPairs(removedRules, async (rule) => {
    const { name, theme, seeds } = rule;
    const bundle = place.file(name);
    await buildSimulation({ without: rule, small: false }, bundle);
    const args = ["--theme", theme, "--seeds", `1-${seeds}`, "--until-first"];
    const { exit, output } = await runBundle(bundle, args);
    const [first] = brokenGuarantee.exec(output) ?? [];
    t.diagnostic(`${name}: ${first ?? "nothing"}`);
    if (exit !== 1 || first === undefined) unnoticed.push(`${name}: ${output.slice(0, 400)}`);
  });
  assert.deepEqual(unnoticed, []);
});
