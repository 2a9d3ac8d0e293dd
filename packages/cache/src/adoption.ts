import { listSlots, openDurable, trySlot } from "@holdfast/sqlite";
import { Disk, type ValueCover } from "./disk/disk.js";
import { migrations, statements } from "./disk/schema.js";
import { type PendingItem, parsePending } from "./replica/pending.js";

/** What an abandoned slot left unpublished. */
export interface Abandoned {
  readonly slot: number;
  readonly items: readonly PendingItem[];
}

/**
 * Looks through the slots that no process holds for operations that nobody would publish any more,
 * and hands them to `take`, which must have them on its own disk when it resolves. Only then are they
 * gone from the abandoned one; after a crash between the two they are taken twice, which changes nothing.
 */
export async function adoptAbandoned(
  directory: string,
  own: { readonly slot: number; readonly file: string },
  cover: ValueCover,
  take: (abandoned: Abandoned) => Promise<void>,
): Promise<void> {
  for (const place of listSlots(directory)) {
    if (place.index === own.slot) continue;
    await using slot = trySlot(directory, place.index);
    if (slot === undefined) continue;
    await using durable = await openDurable({
      directory: slot.directory,
      name: own.file,
      role: "copy",
      migrations,
      statements,
    });
    const disk = new Disk(durable, cover);
    const items = [...disk.allPending().bodies.values()]
      .map(parsePending)
      .filter((item) => item !== null);
    if (items.length === 0) continue;
    await take({ slot: place.index, items });
    for (const item of items) disk.putPending(item.number, null);
    await disk.commit();
  }
}
