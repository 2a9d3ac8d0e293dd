import type {
  LogPlace,
  PublishReply,
  PublishRequest,
  TailReply,
  TailRequest,
} from "../log/shared-store.js";
import type { Skew, TraceCommand, TraceOperation } from "./trace-command.js";

type Step<Name extends TraceCommand["t"]> = Extract<TraceCommand, { readonly t: Name }>;

const leasesMs = { running: 3_600_000, over: -1_000, "long-over": -90_000_000 };

/** A member as far as a trace needs one: it knows what it was told and asks from there. */
export class TraceMember {
  readonly id: string;
  generation: string | null = null;
  #cursor = 0;
  #token: string | null = null;
  #published = 0;
  #number = 0;
  #tokens = 0;
  #seen = new Map<string, number>();
  #last: PublishRequest | undefined;

  constructor(id: string) {
    this.id = id;
  }

  get lastPublication(): PublishRequest | undefined {
    return this.#last;
  }

  tailRequest({ said, limit, lease, skew }: Step<"tail">): TailRequest {
    const generation = skew === "wrong-generation" ? "nowhere" : this.generation;
    const cursor = this.#skewedCursor(skew);
    return { memberId: this.id, leaseMs: leasesMs[lease], generation, cursor, said, limit };
  }

  hearTail(reply: TailReply): void {
    const id = reply.generation?.id ?? null;
    if (id !== this.generation) {
      this.generation = id;
      this.#moveTo(0, null);
      this.#published = reply.ownOperation;
      this.#seen.clear();
      return;
    }
    for (const { member, seq, token } of reply.entries) {
      this.#seen.set(member, seq);
      this.#moveTo(seq, token);
    }
    this.#published = Math.max(this.#published, reply.ownOperation);
  }

  publishRequest({ skew, operations }: Step<"publish">): PublishRequest {
    const request: PublishRequest = {
      memberId: this.id,
      generation: skew === "wrong-generation" ? "nowhere" : (this.generation ?? "none yet"),
      cursor: this.#skewedCursor(skew),
      tokenAtCursor: this.#skewedToken(skew),
      ownOperation: this.#published + (skew === "own-ahead" ? 1 : 0),
      operations: operations.map((operation) => this.#operation(operation)),
    };
    this.#last = request;
    return request;
  }

  hearPublication(request: PublishRequest, reply: PublishReply): void {
    if (reply.t === "another-generation") return;
    reply.seqs.forEach((seq, index) => {
      const operation = request.operations[index];
      if (operation === undefined || seq === 0) return;
      this.#published = Math.max(this.#published, operation.operation);
      this.#seen.set(operation.member, seq);
      if (seq === this.#cursor + 1) this.#moveTo(seq, operation.token);
    });
  }

  places({ keys, rightly }: Step<"forget">): LogPlace[] {
    return keys.map((key) => {
      const member = `k:${key}`;
      return { member, seq: (this.#seen.get(member) ?? 1) + (rightly ? 0 : 1) };
    });
  }

  #moveTo(cursor: number, token: string | null): void {
    this.#cursor = cursor;
    this.#token = token;
  }

  // A row published again has a token that does not tell the publisher, so that both kinds occur.
  #operation({ key, barrier, number }: TraceOperation): PublishRequest["operations"][number] {
    this.#tokens += 1;
    if (number === "next") this.#number += 1;
    return {
      member: `${barrier ? "g" : "k"}:${key}`,
      barrier,
      token: `${number === "again" ? "again-by-" : ""}${this.id}.${this.#tokens}`,
      row: `{"by":"${this.id}",\n"n":${this.#tokens}}`,
      operation: this.#numberOf(number),
    };
  }

  #numberOf(number: TraceOperation["number"]): number {
    switch (number) {
      case "next":
      case "same":
        return this.#number;
      case "stale":
        return this.#published;
      case "again":
        return 0;
      default:
        return number satisfies never;
    }
  }

  #skewedCursor(skew: Skew): number {
    if (skew === "behind") return Math.max(0, this.#cursor - 1);
    return skew === "ahead" ? this.#cursor + 2 : this.#cursor;
  }

  #skewedToken(skew: Skew): string | null {
    if (skew === "wrong-token") return "somebody.1";
    return skew === "no-token" ? null : this.#token;
  }
}
