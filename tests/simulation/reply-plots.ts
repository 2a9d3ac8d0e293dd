import { everybodyReady, type Plot } from "./plot.js";
import { keys } from "./vocabulary.js";

const [key = "a:1", beside = "a:2"] = keys;

/** A removal whose reply was lost, hidden in the log by another one, under a newer own set. */
export const unansweredRemoval: Plot = [
  everybodyReady,
  (a) => a.deletes(key),
  (a) => a.losesReplyOfPublication(),
  (a) => a.sets(key),
  (_, b) => b.talks(),
  (_, b) => b.deletes(key),
  (_, b) => b.talks(),
  (_, b) => b.sets(key),
  (_, b) => b.talks(),
  (a) => a.talks(),
];

/** A removal that arrives once more, after the set that came after it. */
export const lateRemoval: Plot = [
  (a) => a.ready(),
  (a) => a.deletes(key),
  (a) => a.givesUpOnPublication(),
  (a) => a.gets(key),
  (a) => a.deletes(beside),
  (a) => a.talks(),
  (a) => a.sets(key),
  (a) => a.talks(),
  (a) => a.lateRequestArrives(),
  (a) => a.talks(),
];

/** A removal whose reply was lost, and the own set after it. */
export const setAfterUnanswered: Plot = [
  everybodyReady,
  (a) => a.deletes(key),
  (a) => a.losesReplyOfPublication(),
  (a) => a.sets(key),
  (a) => a.talks(),
];

/** A removal and a set that wait, and somebody else's set from after them. */
export const setBesideRemoval: Plot = [
  everybodyReady,
  (a) => a.isCut(),
  (a) => a.deletes(key),
  (a) => a.sets(key),
  (_, b) => b.waits(20),
  (_, b) => b.sets(key),
  (_, b) => b.talks(),
  (a) => a.heals(),
  (a) => a.talks(),
];
