import type {
  FoundReply,
  FoundRequest,
  LogPlace,
  PublishOperation,
  PublishReply,
  PublishRequest,
  SharedStore,
  TailReply,
  TailRequest,
} from "../../packages/cache/src/log/shared-store.js";
import { SharedStoreError } from "../../packages/cache/src/log/shared-store-error.js";
import { PendingCall } from "../../packages/cache/src/testing/pending-call.js";
import type { Appended, Cargo, Server } from "./server.js";

/** Who sees what goes over a link. */
export interface LinkObserver {
  /** The instance claims to have read the log of the generation up to the cursor. */
  told(generation: string, cursor: number): void;
  /** What the operation will carry, asked when it is sent. */
  cargoOf(operation: PublishOperation): Cargo;
  /** A request took effect from which a reader may come to claim these. */
  offered(generation: string, entries: readonly Appended[]): void;
  /** An answer arrived that shows these; `inPlace`: its reader takes them in. */
  heard(request: TailRequest, entries: readonly Appended[], inPlace: boolean): void;
  /** A new generation is asked for, after all of that one was read. */
  founding(expected: string | null): void;
  /** It has been founded, and these are gone from the server. */
  wiped(entries: readonly Appended[]): void;
  /** A server took an own operation. */
  appended(generation: string, operation: PublishOperation): void;
  /** An answer arrived that says so. */
  landed(operation: PublishOperation): void;
}

/** A call on its way, as somebody decides about it. */
export interface Traffic {
  readonly call: PendingCall;
  readonly text: string;
  readonly sentAtMs: number;
  /** Takes effect although the caller has given up. */
  readonly arrive: () => void;
}

/** One process's link to a server. Nothing arrives or is answered by itself. */
export class Link implements SharedStore {
  wakeDue = false;
  cutOff = false;
  /** When the last reading of the log was asked for that was answered. */
  readAtMs = Number.NEGATIVE_INFINITY;
  server: Server;
  readonly #nowMs: () => number;
  readonly #observer: LinkObserver;
  readonly #listeners: (() => void)[] = [];
  readonly #traffic = new Set<Traffic>();
  readonly #late: (() => void)[] = [];
  #memberId = "";
  #unlisten: () => void;

  constructor(server: Server, nowMs: () => number, observer: LinkObserver) {
    this.server = server;
    this.#nowMs = nowMs;
    this.#observer = observer;
    this.#unlisten = this.#listenTo(server);
  }

  get usable(): boolean {
    return !this.cutOff;
  }

  /** Oldest first. */
  get traffic(): readonly Traffic[] {
    return [...this.#traffic];
  }

  get lateRequests(): number {
    return this.#late.length;
  }

  tail(request: TailRequest): Promise<TailReply> {
    this.#memberId = request.memberId;
    if (request.generation !== null) this.#observer.told(request.generation, request.cursor);
    const text = `tail(${request.generation ?? "-"}:${request.cursor}${request.said ? " said" : ""})`;
    const sentAtMs = this.#nowMs();
    return this.#call("tail", text, (server, late) => {
      const { reply, claimed, shown, inPlace } = server.tail(request, late);
      if (request.generation !== null) this.#observer.offered(request.generation, claimed);
      return [
        reply,
        () => {
          if (inPlace) this.readAtMs = sentAtMs;
          this.#observer.heard(request, shown, inPlace);
        },
      ];
    });
  }

  publish(request: PublishRequest): Promise<PublishReply> {
    this.#memberId = request.memberId;
    const cargo = request.operations.map((operation) => this.#observer.cargoOf(operation));
    const members = request.operations.map(({ member, operation }) => `${member}#${operation}`);
    const text = `publish(${request.generation}:${request.cursor} ${members.join(" ")})`;
    return this.#call("publish", text, (server) => {
      const { reply, claimed } = server.publish(request, cargo);
      const seqs = reply.t === "another-generation" ? [] : reply.seqs;
      const taken = request.operations.slice(0, seqs.length);
      for (const [index, operation] of taken.entries()) {
        if (seqs[index] !== 0) this.#observer.appended(request.generation, operation);
      }
      this.#observer.offered(request.generation, claimed);
      return [
        reply,
        () => {
          for (const operation of taken) this.#observer.landed(operation);
        },
      ];
    });
  }

  found(request: FoundRequest): Promise<FoundReply> {
    this.#observer.founding(request.expected);
    const text = `found(${request.ordinal}:${request.id} for ${request.expected ?? "-"})`;
    return this.#call("found", text, (server) => {
      const { reply, gone } = server.found(request, this.#memberId);
      this.#observer.wiped(gone);
      return [reply, nothing];
    });
  }

  forget(generation: string, entries: readonly LogPlace[]): Promise<void> {
    return this.#plain("forget", `forget(${entries.length})`, ({ model }) =>
      model.forget(generation, entries),
    );
  }

  leave(memberId: string): Promise<void> {
    return this.#plain("leave", "leave()", ({ model }) => model.leave(memberId));
  }

  replicated(_timeoutMs: number): Promise<number> {
    return this.#plain("replicated", "replicated()", ({ model }) => model.replicas);
  }

  readCopy(generation: string, key: string): Promise<Uint8Array | undefined> {
    return this.#plain("readCopy", `readCopy(${key})`, ({ model }) =>
      model.readCopy(generation, key),
    );
  }

  writeCopy(generation: string, key: string, bytes: Uint8Array, ttlMs: number): Promise<void> {
    const sent = bytes.slice();
    return this.#plain("writeCopy", `writeCopy(${key})`, ({ model }) =>
      model.writeCopy(generation, key, sent, ttlMs),
    );
  }

  dropCopy(generation: string, key: string): Promise<void> {
    return this.#plain("dropCopy", `dropCopy(${key})`, ({ model }) =>
      model.dropCopy(generation, key),
    );
  }

  onWake(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Lets a wake-up through. */
  wake(): void {
    this.wakeDue = false;
    for (const listener of this.#listeners) listener();
  }

  cut(): void {
    this.cutOff = true;
    this.wakeDue = false;
    for (const { call } of this.#traffic) call.lose("unreachable");
  }

  heal(): void {
    this.cutOff = false;
    this.wakeDue = true;
  }

  switchTo(server: Server): void {
    const wasCut = this.cutOff;
    this.cut();
    this.#unlisten();
    this.server = server;
    this.#unlisten = this.#listenTo(server);
    if (!wasCut) this.heal();
  }

  /** The caller gives up on a request that is still to arrive. */
  delay({ call, arrive }: Traffic): void {
    if (call.state === "requested") this.#late.push(arrive);
    call.lose("timeout");
  }

  /** The oldest request that its caller gave up on arrives. */
  arriveLate(): void {
    this.#late.shift()?.();
  }

  dropLate(): void {
    this.#late.length = 0;
  }

  /** The process is gone: nobody is told anything any more. Answers what is under way. */
  abandon(): readonly Traffic[] {
    this.#unlisten();
    this.#listeners.length = 0;
    return this.traffic;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#unlisten();
  }

  #listenTo(server: Server): () => void {
    return server.model.onWake((memberId) => {
      if (!this.cutOff && memberId !== this.#memberId) this.wakeDue = true;
    });
  }

  #plain<T>(name: PendingCall["name"], text: string, run: (server: Server) => T): Promise<T> {
    return this.#call(name, text, (server) => [run(server), nothing]);
  }

  #call<T>(
    name: PendingCall["name"],
    text: string,
    run: (server: Server, late: boolean) => readonly [T, () => void],
  ): Promise<T> {
    if (this.cutOff) {
      const message = `Cannot call "${name}": the link is cut`;
      return Promise.reject(new SharedStoreError("unreachable", message));
    }
    const { server } = this;
    return new Promise<T>((resolve, reject) => {
      const execute = (): (() => void) => {
        const [value, arrived] = run(server, false);
        return () => {
          arrived();
          resolve(value);
        };
      };
      const call = new PendingCall(name, execute, reject, () => this.#traffic.delete(traffic));
      const arrive = (): void => {
        try {
          run(server, true);
        } catch {
          // The server refuses; nobody waits for its answer.
        }
      };
      const traffic: Traffic = { call, text, sentAtMs: this.#nowMs(), arrive };
      this.#traffic.add(traffic);
    });
  }
}

function nothing(): void {
  return;
}
