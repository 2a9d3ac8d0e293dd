import { encodeCopy } from "../log/copy-wire.js";
import { ForwardingStore } from "../log/forwarding-store.js";
import type { SharedStore } from "../log/shared-store.js";
import { encodePlainJson } from "../rules/value.js";

/** What another program keeps in Redis under a key: JSON text, and what is left of its TTL. */
export interface PlainCopy {
  readonly text: string;
  readonly ttlMs: number;
  /** The server's wall clock. */
  readonly timeMs: number;
}

export interface PlainReader {
  /** The text under exactly that name; undefined where there is none, or none with a TTL. */
  readPlain(name: string): Promise<PlainCopy | undefined>;
}

/**
 * A shared store that, for a key it holds no copy of, takes what the article's cache left there:
 * plain JSON under a prefix. Such a copy counts as loaded before anything in the log, so that every
 * removal of its key outranks it; it has no grace.
 */
export class AdoptingStore extends ForwardingStore {
  readonly #reader: PlainReader;
  readonly #prefix: string;

  constructor(inner: SharedStore, reader: PlainReader, prefix: string) {
    super(inner);
    this.#reader = reader;
    this.#prefix = prefix;
  }

  override async readCopy(generation: string, key: string): Promise<Uint8Array | undefined> {
    const copy = await this.inner.readCopy(generation, key);
    if (copy !== undefined) return copy;
    const plain = await this.#reader.readPlain(`${this.#prefix}${key}`);
    if (plain === undefined) return undefined;
    const value = encodePlainJson(plain.text);
    if (value === null) return undefined;
    const goneAtMs = plain.timeMs + plain.ttlMs;
    return encodeCopy({
      asOf: 0,
      storedAtMs: plain.timeMs,
      freshUntilMs: goneAtMs,
      goneAtMs,
      tags: [],
      value,
    });
  }
}
