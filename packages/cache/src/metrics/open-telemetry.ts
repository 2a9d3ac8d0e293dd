import type { MetricSample } from "../cache-contract.js";
import { helpOf, metricNames, typeOf } from "./families.js";

/** What is needed of a meter of `@opentelemetry/api`, which is not needed itself. */
export interface OpenTelemetryMeter<Instrument> {
  createObservableCounter(name: string, options: { description: string }): Instrument;
  createObservableGauge(name: string, options: { description: string }): Instrument;
  addBatchObservableCallback(callback: Observer<Instrument>, instruments: Instrument[]): void;
  removeBatchObservableCallback(callback: Observer<Instrument>, instruments: Instrument[]): void;
}

/** Tells one collection what the values are. */
export type Observer<Instrument> = (collection: {
  observe(instrument: Instrument, value: number, attributes: Record<string, string>): void;
}) => void;

/**
 * Registers the cache's metrics with a meter, as `holdfast.cache.hits` and so on. Nothing is observed
 * while the cache does not run. Returns what takes them away again.
 */
export function registerOpenTelemetry<Instrument>(
  cache: { metrics(): readonly MetricSample[] },
  meter: OpenTelemetryMeter<Instrument>,
): () => void {
  const instruments = new Map<string, Instrument>();
  for (const name of metricNames) {
    const options = { description: helpOf(name) };
    const dotted = openTelemetryName(name);
    const instrument =
      typeOf(name) === "counter"
        ? meter.createObservableCounter(dotted, options)
        : meter.createObservableGauge(dotted, options);
    instruments.set(name, instrument);
  }
  const observe: Observer<Instrument> = (collection) => {
    for (const { name, value, labels } of samplesOf(cache)) {
      const instrument = instruments.get(name);
      if (instrument !== undefined) collection.observe(instrument, value, { ...labels });
    }
  };
  const all = [...instruments.values()];
  meter.addBatchObservableCallback(observe, all);
  return () => meter.removeBatchObservableCallback(observe, all);
}

/** An exporter adds what its own format wants, such as `_total`. */
function openTelemetryName(name: string): string {
  return name.replace(/^holdfast_cache_/, "holdfast.cache.").replace(/_total$/, "");
}

function samplesOf(cache: { metrics(): readonly MetricSample[] }): readonly MetricSample[] {
  try {
    return cache.metrics();
  } catch {
    return [];
  }
}
