import type { Flight } from "../fetch/tiers.js";
import type { Barrier } from "./barriers.js";

/** A load under way, with what the log said when it began. */
export interface TrackedFlight extends Flight {
  outdated: boolean;
  /** The cursor when the load began. */
  readonly asOf: number;
  readonly generation: string | null;
}

/** Loads under way, so that a removal reaches answers that are not there yet. */
export class Flights {
  readonly #byKey = new Map<string, Set<TrackedFlight>>();

  begin(key: string, generation: string | null, asOf: number): TrackedFlight {
    const flight: TrackedFlight = { key, outdated: false, asOf, generation };
    const others = this.#byKey.get(key);
    if (others === undefined) this.#byKey.set(key, new Set([flight]));
    else others.add(flight);
    return flight;
  }

  end(flight: Flight): void {
    const flights = this.#byKey.get(flight.key);
    if (flights === undefined) return;
    for (const tracked of flights) if (tracked === flight) flights.delete(tracked);
    if (flights.size === 0) this.#byKey.delete(flight.key);
  }

  outdate(key: string): void {
    for (const flight of this.#byKey.get(key) ?? []) flight.outdated = true; // rule: outdated-flights
  }

  /** By a barrier; what a load will be tagged with is not known yet, so a tag outdates every load. */
  outdateMatching(barrier: Barrier): void {
    const byTag = barrier.member.startsWith("t:");
    for (const key of this.#byKey.keys()) if (byTag || barrier.matches(key, [])) this.outdate(key);
  }
}
