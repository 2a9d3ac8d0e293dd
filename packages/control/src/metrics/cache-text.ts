import type { MetricSample } from "@holdfast/cache";
import { Counter, Gauge, Registry } from "prom-client";

/** The cache's samples in the text format of Prometheus. */
export function cacheText(samples: readonly MetricSample[]): Promise<string> {
  const registry = new Registry();
  const known = new Map<string, Counter | Gauge>();
  for (const sample of samples) {
    let metric = known.get(sample.name);
    if (metric === undefined) {
      const { name, help } = sample;
      const labelNames = Object.keys(sample.labels);
      const options = { name, help, labelNames, registers: [registry] };
      metric = sample.type === "counter" ? new Counter(options) : new Gauge(options);
      known.set(name, metric);
    }
    metric.inc({ ...sample.labels }, sample.value);
  }
  return registry.metrics();
}
