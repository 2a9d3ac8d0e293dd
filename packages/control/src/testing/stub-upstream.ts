import {
  DecisionsError,
  type Question,
  type Upstream,
  type UpstreamVerdict,
} from "@holdfast/decisions";

/** Says yes to the secret "right" and no to others, until it is told to vanish or to wait. */
export class StubUpstream implements Upstream {
  readonly asked: Question[] = [];
  mode: "up" | "down" = "up";
  /** Awaited before every answer. */
  gate: Promise<void> = Promise.resolve();

  async ask(question: Question): Promise<UpstreamVerdict> {
    this.asked.push(question);
    await this.gate;
    if (this.mode === "down") {
      throw new DecisionsError("upstream-unavailable", "Cannot ask the upstream: gone");
    }
    const right = question.secret === "right";
    return { decision: right ? "allow" : "deny", attributes: right ? { pool: "main" } : {} };
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
