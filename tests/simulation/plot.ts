import type { Player } from "./cast.js";

type Step = (a: Player, b: Player, c: Player) => Promise<void> | void;

/** What has to happen in this order for a rare thing to come about; anything may happen in between. */
export type Plot = readonly Step[];

/** Everybody is well. */
export async function everybodyReady(...cast: readonly Player[]): Promise<void> {
  for (const player of cast) await player.ready();
}
