import { createHmac, timingSafeEqual } from "node:crypto";
import { ForwardingStore } from "../log/forwarding-store.js";
import type {
  PublishReply,
  PublishRequest,
  SharedStore,
  TailReply,
  TailRequest,
} from "../log/shared-store.js";

/** Bytes of the HMAC that are kept: half, as RFC 2104 allows, since Redis holds one per entry. */
const macBytes = 16;
const macLength = Math.ceil((macBytes * 4) / 3);
/** First character of what is signed; what is not begins with another. */
const signedFormat = "S";

export interface SignedStoreOptions {
  /** The first signs; all of them are accepted, so that a key can be changed without an outage. */
  readonly keys: readonly Uint8Array[];
  /** Parts caches that share a key. */
  readonly prefix: string;
  /** Told of each entry whose signature does not fit what it stands beside. */
  readonly forged: (key: string) => void;
}

/**
 * A shared store whose entries carry an HMAC-SHA256 over what they are and where they stand, so that
 * who can write to Redis but does not hold the fleet's key can neither let anybody in nor move an
 * entry to another key or generation. An entry that does not check is as good as unreadable.
 */
export class SignedStore extends ForwardingStore {
  readonly #options: SignedStoreOptions;

  constructor(store: SharedStore, options: SignedStoreOptions) {
    super(store);
    this.#options = options;
  }

  override async tail(request: TailRequest): Promise<TailReply> {
    const reply = await this.inner.tail(request);
    const generation = request.generation ?? "";
    const entries = reply.entries.map((entry) => {
      const row = this.#open(entry.row, ["row", generation, entry.member, entry.token]);
      if (row === null) this.#options.forged(entry.member);
      return { ...entry, row: row ?? "" };
    });
    return { ...reply, entries };
  }

  override publish(request: PublishRequest): Promise<PublishReply> {
    const operations = request.operations.map((operation) => {
      const { member, token, row } = operation;
      return { ...operation, row: this.#close(row, ["row", request.generation, member, token]) };
    });
    return this.inner.publish({ ...request, operations });
  }

  override async readCopy(generation: string, key: string): Promise<Uint8Array | undefined> {
    const bytes = await this.inner.readCopy(generation, key);
    if (bytes === undefined) return undefined;
    const text = this.#open(textOf(bytes), ["copy", generation, key]);
    if (text !== null) return Buffer.from(text, "utf8");
    this.#options.forged(key);
    return undefined;
  }

  override writeCopy(
    generation: string,
    key: string,
    bytes: Uint8Array,
    ttlMs: number,
  ): Promise<void> {
    const signed = this.#close(textOf(bytes), ["copy", generation, key]);
    return this.inner.writeCopy(generation, key, Buffer.from(signed, "utf8"), ttlMs);
  }

  #close(text: string, place: readonly string[]): string {
    const [key] = this.#options.keys;
    return key === undefined
      ? text
      : `${signedFormat}${this.#mac(key, text, place).toString("base64url")}${text}`;
  }

  #open(signed: string, place: readonly string[]): string | null {
    if (!signed.startsWith(signedFormat)) return null;
    const mac = Buffer.from(signed.slice(1, 1 + macLength), "base64url");
    const text = signed.slice(1 + macLength);
    if (mac.length !== macBytes) return null;
    const fits = this.#options.keys.some((key) =>
      timingSafeEqual(mac, this.#mac(key, text, place)),
    );
    return fits ? text : null;
  }

  /** Lengths go with the parts, so that none can be pushed over into its neighbour. */
  #mac(key: Uint8Array, text: string, place: readonly string[]): Buffer {
    const parts = [this.#options.prefix, ...place, text];
    const hmac = createHmac("sha256", key);
    for (const part of parts) hmac.update(`${Buffer.byteLength(part)}:`).update(part);
    return hmac.digest().subarray(0, macBytes);
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
