import { everybodyReady, type Plot } from "./plot.js";
import { keys } from "./vocabulary.js";

const [key = "a:1", , denied = "b:1"] = keys;

/** A newcomer on a server that has forgotten everything, removals that others know included. */
export const verifiedTooSoon: Plot = [
  everybodyReady,
  (a) => a.deletes(key, "shared"),
  (a) => a.talks(),
  (a) => a.waits(5_000),
  (_, b) => b.crashes("lost"),
  (_, b) => b.emptiesServer(),
  (_, b) => b.ready(),
  (_, b) => b.talks(),
];

/** As {@link verifiedTooSoon}, where who knows the removal cannot say so. */
export const verifiedBesideUnsaid: Plot = [
  everybodyReady,
  (a) => a.deletes(key, "shared"),
  (a) => a.talks(),
  (a) => a.waits(5_000),
  (a) => a.narrows(),
  (_, b) => b.crashes("lost"),
  (_, b) => b.emptiesServer(),
  (_, b) => b.ready(),
  (_, b) => b.waits(2_500),
  (_, b) => b.talks(),
];

/** A removal that asks for everybody, of a server that knows of nobody any more. */
export const allTooSoon: Plot = [
  everybodyReady,
  (a) => a.waits(3_000),
  (a) => a.emptiesServer(),
  (a) => a.talks(),
  (a) => a.deletes(key, "all"),
  (a) => a.talks(),
];

/** Somebody is out of touch for longer than may be. */
export const longAway: Plot = [
  (a) => a.ready(),
  (a) => a.sets(denied),
  (a) => a.talks(),
  (a) => a.isCut(),
  (a) => a.waits(6_000),
  (a) => a.gets(denied),
];

/** Somebody who is back, though the log was last read while it was away. */
export const backUnnoticed: Plot = [
  everybodyReady,
  (a) => a.sets(key),
  (a) => a.talks(),
  async (_, b, c) => {
    for (const player of [b, c]) await player.talks();
    for (const player of [b, c]) await player.isCut();
  },
  (a) => a.waits(7_000),
  async (a, b) => {
    await b.heals();
    await b.talks();
    await a.invalidates("g:*", "all");
    await a.deletes(key);
    await a.talks();
  },
];
