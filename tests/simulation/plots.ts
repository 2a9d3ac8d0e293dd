import { randomBelow } from "../../packages/cache/src/testing/seeded-random.js";
import * as barrierPlots from "./barrier-plots.js";
import { Player } from "./cast.js";
import * as copyPlots from "./copy-plots.js";
import * as currencyPlots from "./currency-plots.js";
import type { Plot } from "./plot.js";
import type { Theme } from "./profile.js";
import * as replyPlots from "./reply-plots.js";
import * as restartPlots from "./restart-plots.js";
import type { World } from "./world.js";

/** What the schedules of a theme come back to again and again. */
const plots: Readonly<Partial<Record<Theme, readonly Plot[]>>> = {
  copies: Object.values(copyPlots),
  replies: Object.values(replyPlots),
  restarts: Object.values(restartPlots),
  tags: Object.values(barrierPlots),
  members: Object.values(currencyPlots),
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
