import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { MetricSample } from "../cache-contract.js";
import { Counters } from "./counters.js";
import { prometheusText } from "./prometheus.js";

/** Reads the text format strictly: what is not exactly a sample, a HELP or a TYPE line fails. */
function parse(text: string): MetricSample[] {
  assert.ok(text === "" || text.endsWith("\n"));
  const samples: MetricSample[] = [];
  const seen = new Set<string>();
  let head = { name: "", help: "", type: "" };
  for (const line of text.split("\n").slice(0, -1)) {
    const help = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    const type = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge)$/.exec(line);
    if (help !== null) {
      head = { name: help[1] ?? "", help: unescaped(help[2] ?? ""), type: "" };
      assert.ok(!seen.has(head.name), `${head.name} comes in two blocks`);
      seen.add(head.name);
    } else if (type !== null) {
      assert.equal(type[1], head.name);
      head = { ...head, type: type[2] ?? "" };
    } else {
      samples.push(parseSample(line, head));
    }
  }
  return samples;
}

function parseSample(
  line: string,
  head: { name: string; help: string; type: string },
): MetricSample {
  const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\n"])*"';
  const number = "NaN|[+-]Inf|-?[0-9]+(?:\\.[0-9]+)?(?:e[+-]?[0-9]+)?";
  const shape = new RegExp(
    `^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(${label}(?:,${label})*)\\})? (${number})$`,
  );
  const [, name, labels = "", value = ""] =
    shape.exec(line) ?? assert.fail(`not a sample: ${line}`);
  assert.equal(name, head.name);
  assert.ok(head.type === "counter" || head.type === "gauge");
  const pairs = [...labels.matchAll(new RegExp(label, "g"))].map(([pair]): [string, string] => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), unescaped(pair.slice(at + 2, -1))];
  });
  assert.equal(new Set(pairs.map(([of]) => of)).size, pairs.length);
  const read = value.endsWith("Inf") ? `${value}inity` : value;
  return {
    name: head.name,
    help: head.help,
    type: head.type,
    labels: Object.fromEntries(pairs),
    value: Number(read),
  };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, escape: string) => (escape === "n" ? "\n" : escape));
}

void test("everything that is counted can be read from the text", () => {
  const counters = new Counters(["auth"]);
  counters.hit("sqlite", 'we"ird\\\n:x');
  counters.loaded("auth:a", "failed");
  const samples = counters.samples();
  const parsed = parse(prometheusText(samples));
  assert.equal(parsed.length, samples.length);
  const byText = (left: unknown, right: unknown): number =>
    JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
  const sorted = (list: readonly MetricSample[]): unknown[] =>
    list
      .map(({ name, value, labels, help, type }) => [
        name,
        Object.entries(labels).toSorted(byText),
        value,
        help,
        type,
      ])
      .toSorted(byText);
  assert.deepEqual(sorted(parsed), sorted(samples));
});

void test("nothing is nothing", () => {
  assert.equal(prometheusText([]), "");
});

void test("any label, help and number comes back as it was", () => {
  const text = fc.string({
    unit: fc.constantFrom("\\", "\n", '"', "n", "é", "{", "}", ",", "=", " "),
  });
  const number = fc.oneof(
    fc.integer(),
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e21, 1e-7),
  );
  fc.assert(
    fc.property(text, text, number, (label, help, value) => {
      const sample: MetricSample = {
        name: "a_b",
        type: "gauge",
        help,
        labels: { l: label, m: "" },
        value,
      };
      const [parsed] = parse(prometheusText([sample]));
      assert.deepEqual(parsed, { ...sample, value: value === 0 ? 0 : value });
    }),
  );
});
