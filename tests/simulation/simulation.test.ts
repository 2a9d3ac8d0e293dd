import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inPairs, replay, runBundle, simulationPlace } from "./bundle.js";
import { buildSimulation } from "./rule-free-build.js";

const place = simulationPlace();
after(() => place[Symbol.dispose]());

/** Schedules in a normal run; more by HOLDFAST_SIMULATION_SEEDS. */
const seeds = Number(process.env["HOLDFAST_SIMULATION_SEEDS"] ?? 10_000);
const portions = 10;

void test(`${seeds} schedules of 2 to 4 instances keep every guarantee`, async (t) => {
  const bundle = place.file("whole");
  await buildSimulation({ without: null, small: false }, bundle);
  const portion = Math.ceil(seeds / portions);
  const firsts = Array.from({ length: portions }, (_, index) => index * portion + 1);
  await inPairs(firsts, async (first) => {
    const range = `${first}-${first + portion - 1}`;
    const { exit, output } = await runBundle(bundle, ["--seeds", range]);
    t.diagnostic(output.trimEnd().split("\n").at(-1) ?? "");
    assert.equal(exit, 0, `${replay}\n${output}`);
  });
});

void test("the same with bounds so small that every slice and batch is crossed", async (t) => {
  const bundle = place.file("small");
  await buildSimulation({ without: null, small: true }, bundle);
  const { exit, output } = await runBundle(bundle, ["--seeds", "1-500"]);
  t.diagnostic(output.trimEnd().split("\n").at(-1) ?? "");
  assert.equal(exit, 0, `${replay}\n${output}`);
});
