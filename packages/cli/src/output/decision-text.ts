import { describeDuration } from "@holdfast/control";
import type { DecisionAnswer, VerdictAnswer } from "../client/control-client.js";
import { colours } from "./print.js";

/** One decision for people: what, from where, how old, and why. */
export function decisionText(user: string, answer: DecisionAnswer): string {
  if (answer.decision === "unavailable") {
    return `${colours.yellow("unavailable")}  ${user}  nobody can say: ${answer.detail}`;
  }
  const word = answer.decision === "allow" ? colours.green("allow") : colours.red("deny");
  const facts = [`from ${answer.source}${sourceNote(answer)}`];
  facts.push(
    answer.reason === "revoked"
      ? `revoked ${describeDuration(answer.ageMs)} ago`
      : `${answer.age}, ${describeDuration(answer.ageMs)} old`,
    answer.currency,
  );
  const attributes = Object.entries(answer.attributes).map(([name, value]) => `${name}=${value}`);
  const lines = [`${word}  ${user}  ${facts.join("; ")}`];
  if (attributes.length > 0) lines.push(colours.dim(`       ${attributes.join("  ")}`));
  if (answer.detail !== null) lines.push(colours.dim(`       because: ${answer.detail}`));
  return lines.join("\n");
}

/** A copy either spares the upstream a question, or stands in for an upstream that gave no answer. */
function sourceNote({ source, reason, age }: VerdictAnswer): string {
  if (source === "upstream" || reason === "revoked") return "";
  return age === "fresh" ? " (upstream not asked)" : " (standing in for the upstream)";
}
