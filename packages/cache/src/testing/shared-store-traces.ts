import type { Generation, PublishRequest, SharedStore, TailReply } from "../log/shared-store.js";
import { SharedStoreError } from "../log/shared-store-error.js";
import { type ServerAct, type TraceCommand, traceMembers } from "./trace-command.js";
import { TraceMember } from "./trace-member.js";

/** A shared store to run traces on: a store for each member, and what may happen to the server. */
export interface TraceSubject {
  readonly stores: readonly SharedStore[];
  /** Empties the server and ends every fault. */
  reset(): Promise<void>;
  act(act: ServerAct): Promise<void>;
}

/** What a step answered, with times reduced to what they mean and identities to numbers. */
export interface TraceReply {
  readonly step: TraceCommand;
  readonly request?: unknown;
  readonly reply: unknown;
}

/** Runs a trace from an empty server and answers what every step got. */
export async function runTrace(
  trace: readonly TraceCommand[],
  subject: TraceSubject,
): Promise<readonly TraceReply[]> {
  await subject.reset();
  const run = new TraceRun(subject);
  const replies: TraceReply[] = [];
  for (const step of trace) replies.push({ step, ...(await run.take(step)) });
  return replies;
}

/** The shortest trace that still fails, found by leaving steps out one by one. */
export async function shrinkTrace(
  trace: readonly TraceCommand[],
  fails: (trace: readonly TraceCommand[]) => Promise<boolean>,
): Promise<readonly TraceCommand[]> {
  let shortest = trace;
  for (let index = shortest.length - 1; index >= 0; index -= 1) {
    const shorter = shortest.toSpliced(index, 1);
    if (await fails(shorter)) shortest = shorter;
  }
  return shortest;
}

type Outcome = { readonly request?: unknown; readonly reply: unknown };

class TraceRun {
  readonly #subject: TraceSubject;
  readonly #members: readonly TraceMember[];
  readonly #identities = new Map<string, number>();
  #generations = 0;

  constructor(subject: TraceSubject) {
    this.#subject = subject;
    this.#members = Array.from(
      { length: traceMembers },
      (_, index) => new TraceMember(`m${index}`),
    );
  }

  async take(step: TraceCommand): Promise<Outcome> {
    if (step.t === "server") {
      await this.#subject.act(step.act);
      return { reply: "done" };
    }
    const member = this.#members[step.by];
    const store = this.#subject.stores[step.by];
    if (member === undefined || store === undefined) throw new RangeError(`No member ${step.by}`);
    try {
      return await this.#ask(step, member, store);
    } catch (error) {
      if (error instanceof SharedStoreError) return { reply: { error: error.code } };
      throw error;
    }
  }

  async #ask(
    step: Exclude<TraceCommand, { t: "server" }>,
    member: TraceMember,
    store: SharedStore,
  ): Promise<Outcome> {
    switch (step.t) {
      case "tail": {
        const request = member.tailRequest(step);
        const reply = await store.tail(request);
        if (step.heard) member.hearTail(reply);
        return { request, reply: this.#plain(reply) };
      }
      case "publish":
        return this.#publish(member.publishRequest(step), member, store, step.heard);
      case "repeat": {
        const last = member.lastPublication;
        return last === undefined
          ? { reply: "nothing to repeat" }
          : this.#publish(last, member, store, true);
      }
      case "found": {
        const request = this.#founding(step.expected, member);
        return { request, reply: await store.found(request) };
      }
      case "forget": {
        const places = member.places(step);
        await store.forget(generationOf(step, member), places);
        return { request: places, reply: "done" };
      }
      case "leave":
        await store.leave(member.id);
        return { reply: "done" };
      case "copy":
        return { reply: await copyAct(step, member, store) };
      default:
        return step satisfies never;
    }
  }

  async #publish(
    request: PublishRequest,
    member: TraceMember,
    store: SharedStore,
    heard: boolean,
  ): Promise<Outcome> {
    const reply = await store.publish(request);
    if (heard) member.hearPublication(request, reply);
    return { request, reply };
  }

  #founding(expected: "seen" | "none" | "wrong", member: TraceMember) {
    this.#generations += 1;
    const known = expected === "seen" ? member.generation : null;
    const id = `generation${this.#generations}`;
    return {
      expected: expected === "wrong" ? "nowhere" : known,
      ordinal: this.#generations,
      id,
    };
  }

  #plain(reply: TailReply): unknown {
    const { timeMs, foundedAtMs, identity, generation, members, ...rest } = reply;
    return {
      ...rest,
      hasTime: timeMs > 0,
      isFounded: foundedAtMs > 0,
      identity: identity === null ? null : this.#identity(identity),
      generation: generation === null ? null : this.#plainGeneration(generation),
      members: members.map(({ leaseLeftMs, ...record }) => ({ ...record, runs: leaseLeftMs > 0 })),
    };
  }

  #plainGeneration({ identity, ...generation }: Generation): unknown {
    return { ...generation, identity: this.#identity(identity) };
  }

  #identity(identity: string): number {
    const number = this.#identities.get(identity) ?? this.#identities.size;
    this.#identities.set(identity, number);
    return number;
  }
}

function generationOf({ skew }: { readonly skew: string }, member: TraceMember): string {
  return skew === "none" ? (member.generation ?? "none yet") : "nowhere";
}

async function copyAct(
  step: Extract<TraceCommand, { t: "copy" }>,
  member: TraceMember,
  store: SharedStore,
): Promise<unknown> {
  const { act, key } = step;
  const generation = generationOf(step, member);
  switch (act) {
    case "read": {
      const bytes = await store.readCopy(generation, `key:${key}`);
      return bytes === undefined ? "nothing" : [...bytes];
    }
    case "write":
      await store.writeCopy(generation, `key:${key}`, Uint8Array.of(0, key, 255), 3_600_000);
      return "done";
    case "drop":
      await store.dropCopy(generation, `key:${key}`);
      return "done";
    default:
      return act satisfies never;
  }
}
