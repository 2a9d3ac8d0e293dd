import { compileGlob } from "../rules/glob.js";
import { neverRemoved, withRemoval } from "./removed.js";
import type { At, Row } from "./row.js";

/** What takes every key. */
const everything = "g:*";

/**
 * What an entry that cannot be read, or is not signed, is taken for: a removal at its place. It may
 * have been one; were it passed over, what it removed would be given as verified. So whoever spoils
 * an entry makes instances forget and nothing else.
 */
export function unreadRow(here: At, keepUntilMs: number): Row {
  const { generation, seq } = here;
  // Named for the place, and as no member is: whoever cannot read the entry means the same removal.
  const operation = `unread:${generation}/${seq}`;
  return {
    removed: withRemoval(neverRemoved, generation, seq, operation),
    keepUntilMs,
    set: null,
  };
}

/** What may have been removed by an entry of that member: everything, where the member means nothing here. */
export function unreadMember(member: string): string {
  return isMember(member) ? member : everything;
}

/** Whether the log's name for a key or a barrier is one. */
export function isMember(member: string): boolean {
  switch (member.slice(0, 2)) {
    case "k:":
    case "t:":
    case "n:":
      return true;
    case "g:":
      return isGlob(member.slice(2));
    default:
      return false;
  }
}

function isGlob(pattern: string): boolean {
  try {
    compileGlob(pattern);
    return true;
  } catch {
    return false;
  }
}
