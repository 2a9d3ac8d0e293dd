import type { Command, SqliteRow } from "@holdfast/sqlite";
import { integer, type Place, placeOf, text } from "./records.js";

/** A barrier as the disk holds it. */
export interface BarrierRecord {
  readonly body: string;
  readonly version: number;
  readonly swept: boolean;
  readonly place: Place;
  readonly keepUntilMs: number;
}

export function putBarrierCommand(member: string, barrier: BarrierRecord): Command {
  const { body, version, swept, place, keepUntilMs } = barrier;
  return [
    "putBarrier",
    member,
    body,
    version,
    swept ? 1 : 0,
    place.generation,
    place.seq,
    Math.round(keepUntilMs),
  ];
}

export function barrierOf(found: SqliteRow): BarrierRecord {
  return {
    body: text(found["body"]),
    version: integer(found["version"]),
    swept: integer(found["swept"]) === 1,
    place: placeOf(found),
    keepUntilMs: integer(found["keep"]),
  };
}
