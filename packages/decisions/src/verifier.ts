import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { DecisionsError } from "./decisions-error.js";
import type { AuthQuestion } from "./question.js";

/** Recognises a secret without keeping it: `<key id>.<HMAC-SHA256>`. Worthless without the fleet key. */
export type Verifier = string;

export interface Verifiers {
  of(question: AuthQuestion): Verifier;
}

const minKeyBytes = 32;

/** Verifiers under a key derived from the fleet key for this one purpose. */
export function createVerifiers(fleetKey: Uint8Array): Verifiers {
  if (fleetKey.byteLength < minKeyBytes) {
    throw new DecisionsError(
      "invalid-option",
      `Cannot derive verifiers: the fleet key has ${fleetKey.byteLength} bytes, it must have at least ${minKeyBytes}`,
    );
  }
  const key = Buffer.from(hkdfSync("sha256", fleetKey, "", "holdfast verifier 1", 32));
  const keyId = Buffer.from(hkdfSync("sha256", fleetKey, "", "holdfast key id 1", 6));
  const prefix = `${keyId.toString("base64url")}.`;
  return {
    of: ({ kind, realm, user, secret }) =>
      prefix +
      createHmac("sha256", key)
        // Neither realm nor user can contain NUL, so no two questions make the same text.
        .update(`${kind}\0${realm}\0${user}\0${secret}`)
        .digest("base64url"),
  };
}

/** Whether one of the verifiers is this one, in a time that does not depend on where they differ. */
export function hasVerifier(held: readonly Verifier[], asked: Verifier): boolean {
  const wanted = Buffer.from(asked);
  let found = false;
  for (const verifier of held) {
    const bytes = Buffer.from(verifier);
    if (bytes.length === wanted.length && timingSafeEqual(bytes, wanted)) found = true;
  }
  return found;
}
