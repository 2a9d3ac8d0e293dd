import { everybodyReady, type Plot } from "./plot.js";
import { keys } from "./vocabulary.js";

const [key = "a:1"] = keys;

/** A set that is removed by its tag, and somebody who has what it had replaced. */
export const replacedByTagged: Plot = [
  everybodyReady,
  (a) => a.sets(key),
  (a) => a.talks(),
  (_, b) => b.talks(),
  (_, __, c) => c.talks(),
  (_, __, c) => c.isCut(),
  (_, b) => b.sets(key, ["red"]),
  (_, b) => b.talks(),
  (_, b) => b.invalidates("t:red"),
  (_, b) => b.talks(),
  (_, b) => b.emptiesServer(),
  (_, b) => b.talks(),
  (_, __, c) => c.heals(),
  (_, __, c) => c.talks(),
  (_, b) => b.talks(),
  (_, b) => b.gets(key),
];

/** A barrier that is on its way while another one lands, and a set after the first. */
export const barrierOnItsWay: Plot = [
  everybodyReady,
  (a) => a.isCut(),
  (a) => a.invalidates("g:*"),
  (a) => a.sets(key),
  (a) => a.heals(),
  (a) => a.talksUpToPublication(),
  (_, b) => b.invalidates("n:a"),
  (_, b) => b.talks(),
  (a) => a.talks(),
  (_, b) => b.talks(),
  (_, b) => b.gets(key),
];

/** A barrier of a generation that is over, known to somebody who never read that. */
export const barrierOfOldGeneration: Plot = [
  everybodyReady,
  (_, b) => b.invalidates("g:*"),
  (_, b) => b.talks(),
  (_, b) => b.emptiesServer(),
  (_, b) => b.talks(),
  (a) => a.crashes("lost"),
  (a) => a.ready(),
  (a) => a.sets(key),
  (a) => a.talks(),
  (_, b) => b.talks(),
];
