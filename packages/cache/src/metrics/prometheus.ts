import type { MetricSample } from "../cache-contract.js";

/** The content type that goes with `prometheusText`. */
export const prometheusContentType = "text/plain; version=0.0.4; charset=utf-8";

/** The samples in Prometheus' text format, each metric in one block. */
export function prometheusText(samples: readonly MetricSample[]): string {
  const blocks = new Map<string, string[]>();
  for (const sample of samples) {
    const block = blocks.get(sample.name) ?? headOf(sample);
    block.push(lineOf(sample));
    blocks.set(sample.name, block);
  }
  return [...blocks.values()]
    .flat()
    .map((line) => `${line}\n`)
    .join("");
}

function headOf({ name, help, type }: MetricSample): string[] {
  return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`];
}

function lineOf({ name, labels, value }: MetricSample): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`,
  );
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${numberText(value)}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
