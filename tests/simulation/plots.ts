import { randomBelow } from "../../packages/cache/src/testing/seeded-random.js";
import { Player } from "./cast.js";
import type { Theme } from "./profile.js";
import { keys } from "./vocabulary.js";
import type { World } from "./world.js";

type Step = (a: Player, b: Player, c: Player) => Promise<void> | void;

/** What has to happen in this order for a rare thing to come about; anything may happen in between. */
type Plot = readonly Step[];

const [key = "a:1", beside = "a:2"] = keys;

/** A removal that the present generation does not hold yet, and a copy in it from before. */
const copyBesideUnplaced: Plot = [
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

/** A removal whose reply was lost, hidden in the log by another one, under a newer own set. */
const unansweredRemoval: Plot = [
  async (a, b) => {
    await a.ready();
    await b.ready();
  },
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

/** An own removal, published over another one that a full disk does not remember. */
const removalBeyondDisk: Plot = [
  async (a, b) => {
    await a.ready();
    await b.ready();
  },
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
const replacedRemoval: Plot = [
  async (a, b) => {
    await a.ready();
    await b.ready();
  },
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
const forgottenNumbers: Plot = [
  async (a, b) => {
    await a.ready();
    await b.ready();
  },
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

/** A set that is removed by its tag, and somebody who has what it had replaced. */
const replacedByTagged: Plot = [
  async (...all) => {
    for (const player of all) await player.ready();
  },
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

/** What the schedules of a theme come back to again and again. */
const plots: Readonly<Partial<Record<Theme, readonly Plot[]>>> = {
  copies: [copyBesideUnplaced],
  replies: [unansweredRemoval],
  restarts: [removalBeyondDisk, replacedRemoval, forgottenNumbers],
  tags: [replacedByTagged],
};

/** A plot under way; null where the theme has none. Each call is its next step. */
export function plotOf(world: World, theme: Theme): (() => Promise<void>) | null {
  const own = plots[theme];
  if (own === undefined) return null;
  let left: (() => Promise<void> | void)[] = [];
  return async () => {
    if (left.length === 0) left = begin(world, own);
    await left.shift()?.();
    await world.settle();
  };
}

function begin(world: World, own: readonly Plot[]): (() => Promise<void> | void)[] {
  const cast = [...world.instances]
    .map((instance) => ({ instance, order: world.random() }))
    .toSorted((one, other) => one.order - other.order)
    .map(({ instance }) => new Player(world, instance));
  const [a, b, c = b] = cast;
  const plot = own[randomBelow(world.random, own.length)];
  if (a === undefined || b === undefined || c === undefined || plot === undefined) return [];
  return plot.map((step) => () => step(a, b, c));
}
