import type { Cache } from "@holdfast/cache";
import type { Decision, Decisions } from "@holdfast/decisions";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { cacheText } from "./cache-text.js";

export interface ControlMetrics {
  readonly contentType: string;
  observeRequest(route: string, status: number, seconds: number): void;
  observeDecision(decision: Decision): void;
  text(): Promise<string>;
}

/** Everything that `/metrics` shows. Labels are closed sets: routes, states, layers. */
export function createMetrics(cache: Cache, decisions: Decisions): ControlMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: "holdfast_http_request_seconds",
    help: "Time to answer a request",
    labelNames: ["route", "status"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const answers = new Counter({
    name: "holdfast_decisions_total",
    help: "Decisions by what was decided, from where and how old",
    labelNames: ["decision", "source", "age", "reason"],
    registers,
  });
  new Gauge({
    name: "holdfast_upstream_up",
    help: "1 if the upstream answered the last question, 0 if not; absent before the first",
    registers,
    collect() {
      const { t } = decisions.status().upstream;
      this.reset();
      if (t === "unknown") this.remove();
      else this.set(t === "up" ? 1 : 0);
    },
  });
  countUpstreamCalls(decisions, registry);
  return {
    contentType: registry.contentType,
    observeRequest: (route, status, seconds) =>
      requests.observe({ route, status: String(status) }, seconds),
    observeDecision: ({ decision, source, age, reason }) =>
      answers.inc({ decision, source: source ?? "none", age: age ?? "none", reason }),
    text: async () => (await registry.metrics()) + (await cacheText(cache.metrics())),
  };
}

function countUpstreamCalls(decisions: Decisions, registry: Registry): void {
  new Counter({
    name: "holdfast_upstream_calls_total",
    help: "Questions to the upstream, by whether they brought a verdict",
    labelNames: ["outcome"],
    registers: [registry],
    collect() {
      const { asked, failed } = decisions.status().upstreamCalls;
      this.reset();
      this.inc({ outcome: "verdict" }, asked - failed);
      this.inc({ outcome: "none" }, failed);
    },
  });
  new Counter({
    name: "holdfast_upstream_calls_saved_total",
    help: "Decisions for which the upstream was not needed",
    registers: [registry],
    collect() {
      this.reset();
      this.inc(decisions.status().counts.saved);
    },
  });
}
