import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { temporaryDirectory } from "../files/temporary-directory.js";
import { TestkitError } from "../testkit-error.js";
import { holesTable } from "./holes-table.js";
import { type HoleRecord, holeRecordVariable } from "./record-hole.js";

// Runs the test files named after the first argument and writes the table of what they saw to the
// file that the first one names.

const head = `# Holes

Ways in which a two-tier cache answers wrongly, hangs or hurts its host, each examined by a test on two
caches: the class of the article from which this cache's contract comes (rebuilt in \`packages/testkit\` over
our SQLite driver, with ioredis), and Holdfast. The tests stand in \`packages/cache/src/holes\`; they use a real
redis-server, real files, real processes and a proxy that breaks links. Figures are those of the run that
wrote this page.

`;

const [target = "", ...testFiles] = process.argv.slice(2);
await using directory = await temporaryDirectory();
const record = directory.file("record");
writeFileSync(record, "");
const flags = ["--conditions=@holdfast/source", "--import", "tsx", "--test"];
const run = spawnSync(process.execPath, [...flags, "--test-concurrency=1", ...testFiles], {
  env: { ...process.env, [holeRecordVariable]: record },
  stdio: "inherit",
});
const lines = readFileSync(record, "utf8").split("\n");
const records = lines.filter((line) => line !== "").map((line): HoleRecord => JSON.parse(line));
if (records.length === 0) throw new TestkitError("failed", `Cannot write "${target}": nothing ran`);
writeFileSync(target, head + holesTable(records));
process.exitCode = run.status ?? 1;
