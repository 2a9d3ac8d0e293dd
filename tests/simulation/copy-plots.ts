import { everybodyReady, type Plot } from "./plot.js";
import { keys } from "./vocabulary.js";

const [key = "a:1", beside = "a:2"] = keys;

/** A removal that the present generation does not hold yet, and a copy in it from before. */
export const copyBesideUnplaced: Plot = [
  (a) => a.ready(),
  (a) => a.deletes(key),
  (a) => a.talks(),
  (a) => a.narrows(),
  (a) => a.emptiesServer(),
  (a) => a.talks(),
  (_, b) => b.crashes("lost"),
  (_, b) => b.ready(),
  (_, b) => b.deletes(beside),
  (_, b) => b.talks(),
  (_, b) => b.fetches(key),
  (_, b) => b.talks(),
  (_, b) => b.isAnswered(),
  (_, b) => b.talks(),
  (a) => a.fetches(key),
  (a) => a.talks(),
];

/** A copy that outlives its generation, and a removal in the next one. */
export const copyOfOldGeneration: Plot = [
  everybodyReady,
  (_, b) => b.deletes(beside),
  (_, b) => b.talks(),
  (_, b) => b.deletes(beside),
  (_, b) => b.talks(),
  (_, b) => b.fetches(key),
  (_, b) => b.talks(),
  (_, b) => b.isAnswered(),
  (_, b) => b.talks(),
  (a) => a.serverIsPromoted(),
  (a) => a.talks(),
  (a) => a.invalidates("g:*"),
  (a) => a.talks(),
  (_, __, c) => c.talks(),
  (_, __, c) => c.fetches(key),
  (_, __, c) => c.talks(),
];
