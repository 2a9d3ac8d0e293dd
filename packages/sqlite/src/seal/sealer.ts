import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { SqliteError } from "../sqlite-error.js";
import { keyBytes } from "./derive-key.js";

/** A key under the name that sealed bytes carry. */
export interface SealingKey {
  /** 1 to 32 characters of `A-Z a-z 0-9 . _ -`. */
  readonly id: string;
  /** 32 bytes, see `deriveKey`. */
  readonly key: Uint8Array;
}

/** What a {@link Sealer} is made of. */
export interface SealerOptions {
  /** One key, or two while one replaces the other: the first seals, both open. */
  readonly keys: readonly [SealingKey] | readonly [SealingKey, SealingKey];
}

/** Seals bytes so that only a holder of the key can read or change them unnoticed. */
export interface Sealer {
  /** @param context what the bytes belong to, for example their key: elsewhere they do not open */
  seal(plain: Uint8Array, context: Uint8Array): Uint8Array;
  /** @throws SqliteError `unsealable` */
  unseal(sealed: Uint8Array, context: Uint8Array): Uint8Array;
  /** Whether the first key sealed these bytes; others are to be sealed anew before their key goes. */
  isCurrent(sealed: Uint8Array): boolean;
}

const format = 1;
const nonceBytes = 24;
const tagBytes = 16;
const idRule = /^[A-Za-z0-9._-]{1,32}$/;

interface Envelope {
  readonly id: string;
  readonly header: Uint8Array;
  readonly nonce: Uint8Array;
  readonly tag: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * Makes a sealer: AES-256-GCM under a key of its own for every value, so that no number of values
 * wears a key out.
 *
 * @throws SqliteError `invalid`
 */
export function createSealer({ keys }: SealerOptions): Sealer {
  for (const key of keys) checkKey(key);
  const [first] = keys;
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  if (byId.size < keys.length) throw invalid(`both keys have the id "${first.id}"`);
  const header = headerOf(first.id);
  return {
    seal: (plain, context) => seal(plain, context, first.key, header),
    unseal: (sealed, context) => {
      const envelope = parse(sealed);
      const key = byId.get(envelope.id);
      if (key === undefined) throw unsealable(`no live key has the id "${envelope.id}"`);
      return unseal(envelope, context, key);
    },
    isCurrent: (sealed) => header.every((byte, place) => sealed[place] === byte),
  };
}

function seal(
  plain: Uint8Array,
  context: Uint8Array,
  key: Uint8Array,
  header: Uint8Array,
): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", valueKey(key, nonce), nonce.subarray(12));
  cipher.setAAD(Buffer.concat([header, context]));
  const body = cipher.update(plain);
  cipher.final();
  return new Uint8Array(Buffer.concat([header, nonce, cipher.getAuthTag(), body]));
}

function unseal(envelope: Envelope, context: Uint8Array, key: Uint8Array): Uint8Array {
  const { header, nonce, tag, body } = envelope;
  const cipher = createDecipheriv("aes-256-gcm", valueKey(key, nonce), nonce.subarray(12), {
    authTagLength: tagBytes,
  });
  cipher.setAAD(Buffer.concat([header, context]));
  cipher.setAuthTag(tag);
  const plain = cipher.update(body);
  try {
    cipher.final();
  } catch (cause) {
    throw unsealable("they were changed, or belong to something else", cause);
  }
  return new Uint8Array(plain);
}

/** Half of the nonce chooses the key, half is the nonce under it: 192 random bits never meet twice. */
function valueKey(key: Uint8Array, nonce: Uint8Array): Uint8Array {
  return createHmac("sha256", key).update(nonce.subarray(0, 12)).digest();
}

/** Layout: format, length of the key's id, id, nonce, tag, body. */
function headerOf(id: string): Uint8Array {
  return Uint8Array.of(format, id.length, ...Buffer.from(id, "latin1"));
}

function parse(sealed: Uint8Array): Envelope {
  const [version, idBytes = 0] = sealed;
  if (version !== format) throw unsealable(`their format is "${version}", it must be "${format}"`);
  const [idEnd, nonceEnd] = [2 + idBytes, 2 + idBytes + nonceBytes];
  if (sealed.byteLength < nonceEnd + tagBytes) throw unsealable("they are cut off");
  return {
    id: Buffer.from(sealed.subarray(2, idEnd)).toString("latin1"),
    header: sealed.subarray(0, idEnd),
    nonce: sealed.subarray(idEnd, nonceEnd),
    tag: sealed.subarray(nonceEnd, nonceEnd + tagBytes),
    body: sealed.subarray(nonceEnd + tagBytes),
  };
}

function checkKey({ id, key }: SealingKey): void {
  if (!idRule.test(id)) throw invalid(`the key id is "${id}", it must be of the form ${idRule}`);
  if (key.byteLength !== keyBytes) {
    throw invalid(`key "${id}" has "${key.byteLength}" bytes, it must have ${keyBytes}`);
  }
}

function invalid(state: string): SqliteError {
  return new SqliteError("invalid", `Cannot make a sealer: ${state}`);
}

function unsealable(state: string, cause?: unknown): SqliteError {
  return new SqliteError("unsealable", `Cannot unseal bytes: ${state}`, { cause });
}
