import type {
  FoundReply,
  FoundRequest,
  LogPlace,
  PublishReply,
  PublishRequest,
  SharedStore,
  TailReply,
  TailRequest,
} from "../log/shared-store.js";
import { SharedStoreError, type SharedStoreErrorCode } from "../log/shared-store-error.js";
import { PendingCall } from "./pending-call.js";
import type { RedisModel } from "./redis-model.js";

export interface ModelLinkOptions {
  /** `held`: somebody decides about every call. `prompt`: calls arrive and are answered at once. @default "held" */
  readonly delivery?: "held" | "prompt";
}

/**
 * One instance's link to a model server. Whoever holds the link decides what becomes of every call:
 * unless told otherwise nothing arrives, takes effect or is answered by itself. Nothing here takes time.
 */
export class ModelLink implements SharedStore {
  readonly #listeners: (() => void)[] = [];
  readonly #pending = new Set<PendingCall>();
  #model: RedisModel;
  #unlisten: () => void;
  #memberId = "";
  readonly #prompt: boolean;
  #state: "linked" | "cut" | "closed" = "linked";

  constructor(model: RedisModel, options: ModelLinkOptions = {}) {
    this.#model = model;
    this.#prompt = options.delivery === "prompt";
    this.#unlisten = this.#listenTo(model);
  }

  get usable(): boolean {
    return this.#state === "linked";
  }

  /** Calls without an answer yet, oldest first. */
  get pending(): readonly PendingCall[] {
    return [...this.#pending];
  }

  tail(request: TailRequest): Promise<TailReply> {
    this.#memberId = request.memberId;
    return this.#call("tail", () => this.#model.tail(request));
  }

  publish(request: PublishRequest): Promise<PublishReply> {
    this.#memberId = request.memberId;
    return this.#call("publish", () => this.#model.publish(request));
  }

  found(request: FoundRequest): Promise<FoundReply> {
    return this.#call("found", () => this.#model.found(request, this.#memberId));
  }

  forget(generation: string, entries: readonly LogPlace[]): Promise<void> {
    return this.#call("forget", () => this.#model.forget(generation, entries));
  }

  leave(memberId: string): Promise<void> {
    return this.#call("leave", () => this.#model.leave(memberId));
  }

  replicated(_timeoutMs: number): Promise<number> {
    return this.#call("replicated", () => this.#model.replicas);
  }

  readCopy(generation: string, key: string): Promise<Uint8Array | undefined> {
    return this.#call("readCopy", () => this.#model.readCopy(generation, key));
  }

  writeCopy(generation: string, key: string, bytes: Uint8Array, ttlMs: number): Promise<void> {
    const sent = bytes.slice();
    return this.#call("writeCopy", () => this.#model.writeCopy(generation, key, sent, ttlMs));
  }

  dropCopy(generation: string, key: string): Promise<void> {
    return this.#call("dropCopy", () => this.#model.dropCopy(generation, key));
  }

  onWake(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Delivers and answers everything pending, and what that leads to in the same turn. */
  settleAll(): void {
    for (const call of this.#pending) call.reply();
  }

  /** Breaks the link: everything pending fails (what was delivered has taken effect), as does every call until `heal`. */
  cut(code: SharedStoreErrorCode = "unreachable"): void {
    if (this.#state !== "linked") return;
    this.#state = "cut";
    for (const call of this.#pending) call.lose(code);
  }

  heal(): void {
    if (this.#state !== "cut") return;
    this.#state = "linked";
    this.#wake();
  }

  /** Breaks the link and makes it anew to another server. */
  switchTo(model: RedisModel): void {
    this.cut();
    this.#unlisten();
    this.#model = model;
    this.#unlisten = this.#listenTo(model);
    this.heal();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#unlisten();
    this.#state = "closed";
  }

  #listenTo(model: RedisModel): () => void {
    return model.onWake((memberId) => {
      if (this.#state === "linked" && memberId !== this.#memberId) this.#wake();
    });
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
  }

  #call<T>(name: PendingCall["name"], execute: () => T): Promise<T> {
    if (this.#state !== "linked") {
      const message = `Cannot call "${name}": the link is ${this.#state}`;
      return Promise.reject(new SharedStoreError("unreachable", message));
    }
    return new Promise<T>((resolve, reject) => {
      const call = new PendingCall(
        name,
        () => {
          const value = execute();
          return () => resolve(value);
        },
        reject,
        () => this.#pending.delete(call),
      );
      this.#pending.add(call);
      if (this.#prompt) call.reply();
    });
  }
}
