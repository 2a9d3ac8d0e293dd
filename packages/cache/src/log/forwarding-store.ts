import type {
  FoundReply,
  FoundRequest,
  LogPlace,
  PublishReply,
  PublishRequest,
  SharedStore,
  TailReply,
  TailRequest,
} from "./shared-store.js";

/** A shared store that passes everything on; a policy around a store changes only what it is about. */
export class ForwardingStore implements SharedStore {
  protected readonly inner: SharedStore;

  constructor(inner: SharedStore) {
    this.inner = inner;
  }

  get usable(): boolean {
    return this.inner.usable;
  }

  tail(request: TailRequest): Promise<TailReply> {
    return this.inner.tail(request);
  }

  publish(request: PublishRequest): Promise<PublishReply> {
    return this.inner.publish(request);
  }

  found(request: FoundRequest): Promise<FoundReply> {
    return this.inner.found(request);
  }

  forget(generation: string, entries: readonly LogPlace[]): Promise<void> {
    return this.inner.forget(generation, entries);
  }

  leave(memberId: string): Promise<void> {
    return this.inner.leave(memberId);
  }

  replicated(timeoutMs: number): Promise<number> {
    return this.inner.replicated(timeoutMs);
  }

  readCopy(generation: string, key: string): Promise<Uint8Array | undefined> {
    return this.inner.readCopy(generation, key);
  }

  writeCopy(generation: string, key: string, bytes: Uint8Array, ttlMs: number): Promise<void> {
    return this.inner.writeCopy(generation, key, bytes, ttlMs);
  }

  dropCopy(generation: string, key: string): Promise<void> {
    return this.inner.dropCopy(generation, key);
  }

  onWake(listener: () => void): void {
    this.inner.onWake(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inner[Symbol.asyncDispose]();
  }
}
