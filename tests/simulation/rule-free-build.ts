import { readFile } from "node:fs/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import type { RemovedRule } from "./removed-rules.js";

const simulation = fileURLToPath(new URL(".", import.meta.url));
const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** Builds the simulation with everything that it drives into one file, without the rule. */
export async function buildWithout(rule: RemovedRule | null, outfile: string): Promise<void> {
  let removed = 0;
  const plugin: Plugin = {
    name: "without-a-rule",
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const inProduct = path.startsWith(packages);
        const [contents, lines] = inProduct && rule !== null ? without(source, rule) : [source, 0];
        removed += lines;
        // Where the file stands decides which driver it finds.
        const url = JSON.stringify(pathToFileURL(path).href);
        return { contents: contents.replaceAll("import.meta.url", url), loader: "ts" };
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
  const depth = [...text].reduce((sum, sign) => {
    if ("([{".includes(sign)) return sum + 1;
    return ")]}".includes(sign) ? sum - 1 : sum;
  }, 0);
  if (text.endsWith(";") && depth === 0) return;
  throw new Error(`Cannot remove rule "${rule.name}": "${text}" is no whole statement`);
}
