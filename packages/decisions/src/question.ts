import { DecisionsError } from "./decisions-error.js";

/** May this user in, with this secret? */
export interface AuthQuestion {
  readonly kind: "auth";
  /** The tenant: 1 to 64 of `A-Z a-z 0-9 . _ -`. */
  readonly realm: string;
  /** 1 to 256 bytes, without control characters. */
  readonly user: string;
  /** 1 to 1,024 bytes. Never stored, never logged. */
  readonly secret: string;
}

export type Question = AuthQuestion;

/** Whom an answer, a copy or a revocation is about. */
export interface Subject {
  readonly realm: string;
  readonly user: string;
}

export const maxUserBytes = 256;
export const maxSecretBytes = 1024;
const realmShape = /^[A-Za-z0-9._-]{1,64}$/;

/** @throws DecisionsError `invalid-question`; the secret is never part of the message. */
export function checkQuestion(question: Question): void {
  checkSubject(question);
  const bytes = Buffer.byteLength(question.secret);
  if (bytes === 0 || bytes > maxSecretBytes) {
    throw invalid(`the secret has ${bytes} bytes, it must have 1 to ${maxSecretBytes}`);
  }
}

/** @throws DecisionsError `invalid-question` */
export function checkSubject({ realm, user }: Subject): void {
  if (!realmShape.test(realm)) {
    throw invalid(`the realm is ${quoted(realm)}, it must be 1 to 64 of A-Z a-z 0-9 . _ -`);
  }
  const bytes = Buffer.byteLength(user);
  if (bytes === 0 || bytes > maxUserBytes) {
    throw invalid(`the user ${quoted(user)} has ${bytes} bytes, it must have 1 to ${maxUserBytes}`);
  }
  if (/\p{Surrogate}/u.test(user) || hasControlCharacter(user)) {
    throw invalid(`the user ${quoted(user)} contains a control character or half a character`);
  }
}

function hasControlCharacter(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function invalid(state: string): DecisionsError {
  return new DecisionsError("invalid-question", `Cannot decide: ${state}`);
}
