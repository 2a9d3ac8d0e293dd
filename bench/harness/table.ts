import { type Figure, type Finding, passes } from "./finding.js";

/** The head of the table that {@link tableLine} fills. */
export const tableHead: readonly string[] = [
  "| bench | what | Holdfast | beside it | measured | asked | |",
  "|---|---|---|---|---|---|---|",
];

/** One finding as a line of a Markdown table that begins with the name of its bench. */
export function tableLine(bench: string, finding: Finding): string {
  const { what, ours, peer, measured } = finding;
  const beside = peer === null ? "" : `${peer.name}: ${figureText(peer)}`;
  const verdict = passes(finding);
  const cells = [
    bench,
    what,
    figureText(ours),
    beside,
    figureText(measured),
    boundText(finding),
    verdict === null ? "" : verdict ? "PASS" : "**FAIL**",
  ];
  return `| ${cells.join(" | ")} |`;
}

function figureText({ value, unit }: Figure): string {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const number = value.toLocaleString("en-US", {
    minimumFractionDigits: unit === "%" || unit === "B" ? 0 : digits,
    // So that a part that is not quite the whole does not look like it.
    maximumFractionDigits: unit === "%" ? 2 : digits,
  });
  return withUnit(number, unit);
}

function withUnit(number: string, unit: Figure["unit"]): string {
  return unit === "×" || unit === "%" || unit === "/s" ? `${number}${unit}` : `${number} ${unit}`;
}

function boundText({ measured, bound }: Finding): string {
  if (bound.t === "none") return "";
  const limit = withUnit(bound.limit.toLocaleString("en-US"), measured.unit);
  return `${bound.t === "at-most" ? "≤" : "≥"} ${limit}`;
}
