import type { Random } from "../clock.js";
import { randomBelow, randomChoice } from "./seeded-random.js";

/** How far a request is from what the member has seen. */
export type Skew =
  | "none"
  | "behind"
  | "ahead"
  | "wrong-token"
  | "no-token"
  | "own-ahead"
  | "wrong-generation";

export type ServerAct =
  | "flush"
  | "restart-empty"
  | "promote"
  | "snapshot"
  | "restore"
  | "refuse-writes"
  | "take-writes"
  | "evict-all-keys"
  | "evict-nothing";

export interface TraceOperation {
  readonly key: number;
  readonly barrier: boolean;
  /** `again`: a row published again under number 0; `stale`: a published number; `same`: the last one used. */
  readonly number: "next" | "again" | "stale" | "same";
}

/** One step of a trace. `by` is the member; `heard` false: its reply is lost to the member. */
export type TraceCommand =
  | {
      readonly t: "tail";
      readonly by: number;
      readonly heard: boolean;
      readonly said: boolean;
      readonly limit: number;
      readonly lease: "running" | "over" | "long-over";
      readonly skew: Skew;
    }
  | {
      readonly t: "publish";
      readonly by: number;
      readonly heard: boolean;
      readonly skew: Skew;
      readonly operations: readonly TraceOperation[];
    }
  /** The last publication word for word. */
  | { readonly t: "repeat"; readonly by: number }
  | { readonly t: "found"; readonly by: number; readonly expected: "seen" | "none" | "wrong" }
  | {
      readonly t: "forget";
      readonly by: number;
      readonly keys: readonly number[];
      readonly rightly: boolean;
      readonly skew: "none" | "wrong-generation";
    }
  | { readonly t: "leave"; readonly by: number }
  | {
      readonly t: "copy";
      readonly by: number;
      readonly act: "read" | "write" | "drop";
      readonly key: number;
      readonly skew: "none" | "wrong-generation";
    }
  | { readonly t: "server"; readonly act: ServerAct };

export const traceMembers = 3;
const traceKeys = 6;

/** A trace of `length` steps in which most requests are right and every way of being wrong occurs. */
export function randomTrace(random: Random, length: number): readonly TraceCommand[] {
  return Array.from({ length }, () => randomCommand(random));
}

function randomCommand(random: Random): TraceCommand {
  const by = randomBelow(random, traceMembers);
  const make = randomChoice<() => TraceCommand>(random, [
    [35, () => tail(random, by)],
    [35, () => publish(random, by)],
    [6, () => ({ t: "repeat", by })],
    [7, () => found(random, by)],
    [4, () => forget(random, by)],
    [1, () => ({ t: "leave", by })],
    [6, () => copy(random, by)],
    [6, () => ({ t: "server", act: serverAct(random) })],
  ]);
  return make();
}

function tail(random: Random, by: number): TraceCommand {
  return {
    t: "tail",
    by,
    heard: random() < 0.85,
    said: random() < 0.5,
    limit: 1 + randomBelow(random, 8),
    lease: randomChoice(random, [
      [8, "running"],
      [1, "over"],
      [1, "long-over"],
    ]),
    skew: skew(random),
  };
}

function publish(random: Random, by: number): TraceCommand {
  const operations = Array.from({ length: 1 + randomBelow(random, 4) }, () => operation(random));
  return { t: "publish", by, heard: random() < 0.8, skew: skew(random), operations };
}

function operation(random: Random): TraceOperation {
  return {
    key: randomBelow(random, traceKeys),
    barrier: random() < 0.2,
    number: randomChoice(random, [
      [7, "next"],
      [2, "again"],
      [1, "stale"],
      [1, "same"],
    ]),
  };
}

function found(random: Random, by: number): TraceCommand {
  const expected = randomChoice(random, [
    [6, "seen"],
    [2, "none"],
    [1, "wrong"],
  ] as const);
  return { t: "found", by, expected };
}

function forget(random: Random, by: number): TraceCommand {
  const keys = Array.from({ length: 1 + randomBelow(random, 3) }, () =>
    randomBelow(random, traceKeys),
  );
  return { t: "forget", by, keys, rightly: random() < 0.7, skew: generationSkew(random) };
}

function copy(random: Random, by: number): TraceCommand {
  return {
    t: "copy",
    by,
    act: randomChoice(random, [
      [3, "write"],
      [3, "read"],
      [1, "drop"],
    ]),
    key: randomBelow(random, traceKeys),
    skew: generationSkew(random),
  };
}

function generationSkew(random: Random): "none" | "wrong-generation" {
  return random() < 0.8 ? "none" : "wrong-generation";
}

function skew(random: Random): Skew {
  return randomChoice(random, [
    [14, "none"],
    [2, "behind"],
    [1, "ahead"],
    [1, "wrong-token"],
    [1, "no-token"],
    [1, "own-ahead"],
    [1, "wrong-generation"],
  ]);
}

function serverAct(random: Random): ServerAct {
  return randomChoice(random, [
    [1, "flush"],
    [1, "restart-empty"],
    [1, "promote"],
    [3, "snapshot"],
    [2, "restore"],
    [1, "refuse-writes"],
    [3, "take-writes"],
    [1, "evict-all-keys"],
    [1, "evict-nothing"],
  ]);
}
