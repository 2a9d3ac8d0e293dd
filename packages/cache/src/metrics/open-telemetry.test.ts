import assert from "node:assert/strict";
import { test } from "node:test";
import type { BatchObservableCallback, Meter, Observable } from "@opentelemetry/api";
import { Counters } from "./counters.js";
import { registerOpenTelemetry } from "./open-telemetry.js";

interface Made extends Observable {
  readonly kind: string;
  readonly name: string;
}

/** A meter as the API declares it, of which only the observable part works. */
function fakeMeter() {
  const made: Made[] = [];
  const callbacks = new Map<BatchObservableCallback, Observable[]>();
  const make = (kind: string) => (name: string, options?: { description?: string }) => {
    assert.ok(options?.description);
    const instrument: Made = { kind, name, addCallback: () => {}, removeCallback: () => {} };
    made.push(instrument);
    return instrument;
  };
  const unused = () => assert.fail("only observable instruments are made");
  const meter: Meter = {
    createGauge: unused,
    createHistogram: unused,
    createCounter: unused,
    createUpDownCounter: unused,
    createObservableUpDownCounter: unused,
    createObservableCounter: make("counter"),
    createObservableGauge: make("gauge"),
    addBatchObservableCallback: (callback: BatchObservableCallback, observables: Observable[]) => {
      callbacks.set(callback, observables);
    },
    removeBatchObservableCallback: (
      callback: BatchObservableCallback,
      observables: Observable[],
    ) => {
      assert.deepEqual(callbacks.get(callback), observables);
      callbacks.delete(callback);
    },
  };
  const collect = (): [string, string, number, unknown][] => {
    const observed: [string, string, number, unknown][] = [];
    for (const [callback, observables] of callbacks) {
      void callback({
        observe(observable, value, attributes) {
          assert.ok(observables.includes(observable), "only what was registered is observed");
          const instrument = made.find((one) => one === observable);
          observed.push([instrument?.kind ?? "", instrument?.name ?? "", value, attributes]);
        },
      });
    }
    return observed;
  };
  return { meter, made, collect };
}

void test("what a cache counts is observed in each collection", () => {
  const counters = new Counters([]);
  const { meter, made, collect } = fakeMeter();
  const unregister = registerOpenTelemetry({ metrics: () => counters.samples() }, meter);
  assert.equal(new Set(made.map(({ name }) => name)).size, made.length);
  counters.hit("memory", "auth:a");
  const hit = ["counter", "holdfast.cache.hits", 1, { kind: "auth", layer: "memory" }];
  assert.deepEqual(
    collect().filter(([, , value]) => value > 0),
    [hit],
  );
  counters.hit("memory", "auth:a");
  assert.equal(collect().find(([, , value]) => value > 0)?.[2], 2);
  unregister();
  assert.deepEqual(collect(), []);
});

void test("a cache that does not run is not observed, and fails no collection", () => {
  const { meter, collect } = fakeMeter();
  const stopped = {
    metrics: () => {
      throw new Error("stopped");
    },
  };
  registerOpenTelemetry(stopped, meter);
  assert.deepEqual(collect(), []);
});
