import type { Place } from "../disk/records.js";
import type { MemberRecord } from "../log/shared-store.js";

/** Which members have applied what stands at a place (R3). */
export interface Acknowledged {
  readonly confirmed: readonly string[];
  readonly expired: readonly string[];
  readonly unconfirmed: readonly string[];
}

/**
 * A member has confirmed once its cursor in the same generation is at or past the place; it has
 * expired once its lease ran out, which is after it lost its currency by its own clock.
 */
export function acknowledgedBy(
  members: readonly MemberRecord[],
  self: string,
  place: Place,
): Acknowledged {
  const confirmed: string[] = [];
  const expired: string[] = [];
  const unconfirmed: string[] = [];
  for (const member of members) {
    const isExpired = member.leaseLeftMs <= 0; // rule: expired-by-lease
    if (member.id === self || hasRead(member, place)) confirmed.push(member.id);
    else if (isExpired) expired.push(member.id);
    else unconfirmed.push(member.id);
  }
  return { confirmed, expired, unconfirmed };
}

function hasRead(member: MemberRecord, place: Place): boolean {
  if (member.generation !== place.generation) return false; // rule: confirmed-by-cursor
  return member.cursor >= place.seq; // rule: confirmed-by-cursor
}
