import { statSync } from "node:fs";
import { join } from "node:path";
import { listSlots, openDurable, type SlotPlace, trySlot } from "@holdfast/sqlite";
import { Disk } from "./disk/disk.js";
import { migrations, statements } from "./disk/schema.js";
import type { ValueCover } from "./disk/value-cover.js";
import { type PendingItem, parsePending } from "./replica/pending.js";

/** Where the process that looks keeps its own. */
export interface OwnPlace {
  readonly slot: number;
  readonly file: string;
}

/** What an abandoned slot left unpublished. */
export interface Abandoned {
  readonly slot: number;
  readonly items: readonly PendingItem[];
}

/**
 * Looks through the slots that no process holds for operations that nobody would publish any more,
 * and hands them to `take`, which must have them on its own disk when it resolves. Only then are they
 * gone from the abandoned one; after a crash between the two they are taken twice, which changes nothing.
 * `empty` remembers slots that held none, and how their files looked then: those are not opened again.
 */
export async function adoptAbandoned(
  directory: string,
  own: OwnPlace,
  cover: ValueCover,
  empty: Map<number, string>,
  take: (abandoned: Abandoned) => Promise<void>,
): Promise<void> {
  for (const place of listSlots(directory)) {
    if (place.index === own.slot) continue;
    if (empty.get(place.index) === looks(place, own.file)) continue;
    await using slot = trySlot(directory, place.index);
    if (slot === undefined) continue;
    await adoptFrom(place, own.file, cover, take);
    empty.set(place.index, looks(place, own.file));
  }
}

async function adoptFrom(
  place: SlotPlace,
  file: string,
  cover: ValueCover,
  take: (abandoned: Abandoned) => Promise<void>,
): Promise<void> {
  await using durable = await openDurable({
    directory: place.directory,
    name: file,
    role: "copy",
    migrations,
    statements,
  });
  const disk = new Disk(durable, cover);
  const items = [...disk.allPending().bodies.values()]
    .map(parsePending)
    .filter((item) => item !== null);
  if (items.length === 0) return;
  await take({ slot: place.index, items });
  for (const item of items) disk.putPending(item.number, null);
  await disk.commit();
}

/** How the files of a slot look from outside; another run of it changes that. */
function looks(place: SlotPlace, file: string): string {
  const path = join(place.directory, `${file}.sqlite`);
  return [path, `${path}-wal`].map(ageAndSize).join(" ");
}

function ageAndSize(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "-" : `${stat.mtimeMs}:${stat.size}`;
}
