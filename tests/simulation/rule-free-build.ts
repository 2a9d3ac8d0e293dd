import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import type { RemovedRule } from "./removed-rules.js";

const simulation = fileURLToPath(new URL(".", import.meta.url));
const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** What is built: without a rule, and with bounds so small that few entries reach them. */
export interface Variant {
  readonly without: RemovedRule | null;
  readonly small: boolean;
  /** Whether barriers are joined as soon as there are two. */
  readonly joining?: boolean;
}

/** Bounds of the product, by the end of the file's name. */
type Bounds = readonly (readonly [file: string, bound: string, value: number])[];

const joiningBounds: Bounds = [["/barriers.ts", "maxBeside", 1]];
const smallBounds: Bounds = [
  ["/log-reader.ts", "batch", 2],
  ["/publisher.ts", "batch", 2],
  ["/sweeper.ts", "slice", 1],
  ["/barriers.ts", "maxRecent", 2],
  ["/housekeeping.ts", "slice", 1],
  ["/disk.ts", "copiesInUnit", 1],
];

/** Builds the simulation with everything that it drives into one file. */
export async function buildSimulation(variant: Variant, outfile: string): Promise<void> {
  const rule = variant.without;
  const bounds = [...(variant.small ? smallBounds : []), ...(variant.joining ? joiningBounds : [])];
  let removed = 0;
  const plugin: Plugin = {
    name: "without-a-rule",
    setup(builder) {
      builder.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const inProduct = path.startsWith(packages);
        const [contents, lines] = inProduct && rule !== null ? without(source, rule) : [source, 0];
        removed += lines;
        const bounded = inProduct ? withBounds(bounds, path, contents) : contents;
        // Where the file stands decides which driver it finds.
        const url = JSON.stringify(pathToFileURL(path).href);
        return { contents: bounded.replaceAll("import.meta.url", url), loader: "ts" };
      });
    },
  };
  await build({
    entryPoints: [`${simulation}run.ts`],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@holdfast/source"],
    external: ["esbuild", "ioredis"],
    plugins: [plugin],
    logLevel: "error",
  });
  if (rule !== null && removed === 0) {
    throw new Error(`Cannot remove rule "${rule.name}": no line is marked with it`);
  }
}

function withBounds(bounds: Bounds, path: string, source: string): string {
  let bounded = source;
  for (const [file, bound, small] of bounds) {
    if (!path.endsWith(file)) continue;
    const line = new RegExp(`^const ${bound} = [0-9_]+;$`, "m");
    if (!line.test(bounded)) throw new Error(`Cannot find the bound "${bound}" in "${path}"`);
    bounded = bounded.replace(line, `const ${bound} = ${small};`);
  }
  return bounded;
}

/** The source without the rule, and how many lines it had. */
function without(source: string, rule: RemovedRule): readonly [string, number] {
  const mark = `// rule: ${rule.mark ?? rule.name}`;
  let removed = 0;
  const lines = source.split("\n").map((line) => {
    if (!line.endsWith(mark)) return line;
    const statement = line.slice(0, -mark.length).trimEnd();
    checkStatement(statement, rule);
    const left = rule.becomes?.(statement) ?? "";
    if (left === statement)
      throw new Error(`Cannot remove rule "${rule.name}" from "${line.trim()}"`);
    removed += 1;
    return left;
  });
  return [lines.join("\n"), removed];
}

/** A mark stands behind a whole statement: what is cut out of one means something else. */
function checkStatement(statement: string, rule: RemovedRule): void {
  const text = statement.trim();
  const depth = text.split("").reduce((sum, sign) => {
    if ("([{".includes(sign)) return sum + 1;
    return ")]}".includes(sign) ? sum - 1 : sum;
  }, 0);
  if (text.endsWith(";") && depth === 0) return;
  throw new Error(`Cannot remove rule "${rule.name}": "${text}" is no whole statement`);
}
