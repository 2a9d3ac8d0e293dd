import type { Subject } from "./question.js";

// A realm has no colon, so a user with colons in the name cannot reach into another realm.

/** Where the cached answer about a subject lies. */
export function answerKey({ realm, user }: Subject): string {
  return `auth:${realm}:${user}`;
}

/** Where the revocation of a subject lies: apart from the answers, so that dropping those revives nobody. */
export function revocationKey({ realm, user }: Subject): string {
  return `revoked:${realm}:${user}`;
}
