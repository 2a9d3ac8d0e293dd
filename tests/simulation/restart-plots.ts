import { everybodyReady, type Plot } from "./plot.js";
import { keys } from "./vocabulary.js";

const [key = "a:1", beside = "a:2"] = keys;

/** An own removal, published over another one that a full disk does not remember. */
export const removalBeyondDisk: Plot = [
  everybodyReady,
  (a) => a.isCut(),
  (a) => a.deletes(key),
  (a) => a.fetches(key),
  (a) => a.isAnswered(),
  (a) => a.deletes(beside),
  (a) => a.diskIs("full"),
  (_, b) => b.deletes(key),
  (_, b) => b.talks(),
  (a) => a.heals(),
  (a) => a.talks(),
  (a) => a.crashes(),
  (a) => a.ready(),
  (a) => a.gets(key),
];

/** A removal that is being replaced on the disk when something after it is published. */
export const replacedRemoval: Plot = [
  everybodyReady,
  (_, b) => b.sets(key),
  (_, b) => b.talks(),
  (a) => a.isCut(),
  (a) => a.deletes(key),
  (a) => a.deletes(beside),
  (a) => a.diskIs("held"),
  (a) => a.sets(key),
  (a) => a.heals(),
  (a) => a.talks(),
  (a) => a.crashes(),
  (a) => a.ready(),
];

/** Numbers of a run of which the disk knows nothing, met by the next run. */
export const forgottenNumbers: Plot = [
  everybodyReady,
  (a) => a.diskIs("full"),
  (a) => a.crashes(),
  (a) => a.starts(),
  (a) => a.talks(),
  (a) => a.sets(beside),
  (a) => a.talks(),
  (_, b) => b.sets(key),
  (_, b) => b.talks(),
  (a) => a.crashes(),
  (a) => a.starts(),
  (a) => a.diskIs("sound"),
  (a) => a.deletes(key),
  (a) => a.talks(),
];

/** A set whose maker forgets that it was published, and the one that replaced it. */
export const setMadeAnew: Plot = [
  everybodyReady,
  (a) => a.sets(key),
  (a) => a.diskIs("full"),
  (a) => a.talks(),
  (_, b) => b.talks(),
  (_, b) => b.sets(key),
  (_, b) => b.talks(),
  (a) => a.crashes(),
  (a) => a.emptiesServer(),
  (a) => a.ready(),
  (_, b) => b.talks(),
  (_, b) => b.gets(key),
];

/** A removal that was read and that the disk does not remember. */
export const readingBeyondDisk: Plot = [
  everybodyReady,
  (a) => a.fetches(key),
  (a) => a.talks(),
  (a) => a.isAnswered(),
  (a) => a.deletes(beside),
  (a) => a.diskIs("full"),
  (_, b) => b.talks(),
  (_, b) => b.deletes(key),
  (_, b) => b.talks(),
  (a) => a.talks(),
  (a) => a.waits(600),
  (a) => a.crashes(),
  (a) => a.starts(),
  (a) => a.gets(key),
];

/** A run that has left the list of members, and a next one that expects to stand on it. */
export const leftUnaware: Plot = [
  everybodyReady,
  (a) => a.sets(key),
  (a) => a.talks(),
  (a) => a.leavesUnaware(),
  (a) => a.ready(),
  (a) => a.deletes(key),
  (a) => a.talks(),
];
